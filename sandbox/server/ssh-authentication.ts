import ssh2, { type AuthContext, type PublicKeyAuthContext } from 'ssh2';
import type { Machine } from '../model/contract.ts';

/**
 * The machine among `machines` that accepts this key, whatever the user name. Undefined if none does, if the key's signature is
 * wrong or of a kind that the machine's sshd refuses, or if several do, since it is unclear then which one was meant.
 */
export function machineFor(context: AuthContext, machines: Machine[]): Machine | undefined {
  if (context.method !== 'publickey') return undefined;
  const [machine, ...others] = machines.filter(
    (one) => takesSignature(one, context) && one.publicKeys.some((key) => isKey(key, context)),
  );
  return others.length === 0 ? machine : undefined;
}

/**
 * `ssh-rsa`, an RSA key with SHA-1, is refused by OpenSSH 8.8 and newer ("Potentially-incompatible changes"), which Ubuntu has
 * since 22.04; HashiCorp's Packer up to 1.8.0 offers nothing else (hashicorp/packer#11733). An unknown system counts as a new
 * one. ssh2 names the hash only for SHA-2.
 */
function takesSignature({ ubuntu }: Machine, { key, hashAlgo }: PublicKeyAuthContext): boolean {
  if (key.algo !== 'ssh-rsa' || hashAlgo !== undefined) return true;
  return ubuntu !== undefined && Number.parseFloat(ubuntu.version) < 22.04;
}

function isKey(publicKey: string, context: PublicKeyAuthContext): boolean {
  const key = ssh2.utils.parseKey(publicKey);
  if (key instanceof Error || !key.getPublicSSH().equals(context.key.data)) return false;
  if (context.signature === undefined) return true;
  return context.blob !== undefined && key.verify(context.blob, context.signature, context.hashAlgo) === true;
}

/**
 * Accepts the key, or says that it would be accepted. If asked about an RSA key with SHA-2, ssh2 1.17.0 answers `ssh-rsa`,
 * which the SSH client of Packer 1.6.6 refuses (mscdex/ssh2#1380), so this restores the requested algorithm.
 */
export function accept(context: AuthContext): void {
  if (context.method === 'publickey' && !context.signature && context.hashAlgo) {
    context.key.algo = `rsa-sha2-${context.hashAlgo.slice(3)}`;
  }
  context.accept();
}
