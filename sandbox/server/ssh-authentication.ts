import ssh2, { type AuthContext, type PublicKeyAuthContext } from 'ssh2';
import type { Machine } from '../contract.ts';

/**
 * The machine among `machines` that lets this key in, whatever the user name. Undefined where none does, where the
 * key's signature is wrong, or where several do: then nobody can say which was meant.
 */
export function machineFor(context: AuthContext, machines: Machine[]): Machine | undefined {
  if (context.method !== 'publickey') return undefined;
  const [machine, ...others] = machines.filter((one) => one.publicKeys.some((key) => isKey(key, context)));
  return others.length === 0 ? machine : undefined;
}

function isKey(publicKey: string, context: PublicKeyAuthContext): boolean {
  const key = ssh2.utils.parseKey(publicKey);
  if (key instanceof Error || !key.getPublicSSH().equals(context.key.data)) return false;
  if (context.signature === undefined) return true;
  return context.blob !== undefined && key.verify(context.blob, context.signature, context.hashAlgo) === true;
}

/**
 * Accepts, or says that the key would do. For an RSA key asked about with SHA-2, ssh2 1.17.0 answers `ssh-rsa`, which
 * the SSH client of Packer 1.6.6 refuses (mscdex/ssh2#1380): the algorithm asked about is put back in.
 */
export function accept(context: AuthContext): void {
  if (context.method === 'publickey' && !context.signature && context.hashAlgo) {
    context.key.algo = `rsa-sha2-${context.hashAlgo.slice(3)}`;
  }
  context.accept();
}
