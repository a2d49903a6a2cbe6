import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { newEd25519Key } from './openssh-key.ts';

/** A key pair: the private key for its owner, the public key in OpenSSH's format. */
export interface KeyMaterial {
  privateKey: string;
  publicKey: string;
  fingerprint: string;
}

/**
 * Keys by the type of the request. Creating an RSA key takes a quarter of a second. So a request without a type (Packer 1.6.6)
 * gets an EC key, which Packer accepts as well, and RSA keys come from a pool on disk. `taken` says which public keys are in
 * use: no two existing key pairs share one.
 */
export const makeKey = (
  type: 'rsa' | 'ed25519' | undefined,
  folder: string,
  taken: (publicKey: string) => boolean,
): KeyMaterial => {
  if (type === 'ed25519') return ed25519Key();
  return type === 'rsa' ? pooledRsaKey(folder, taken) : ecKey();
};

/** The OpenSSH public key in `text` with its fingerprint; undefined if EC2 would refuse it. */
export const readPublicKey = (
  text: string,
): { publicKey: string; type: 'rsa' | 'ed25519'; fingerprint: string } | undefined => {
  const parsed = ssh2.utils.parseKey(text.trim());
  if (parsed instanceof Error || parsed.isPrivateKey()) return undefined;
  const types: Record<string, 'rsa' | 'ed25519'> = { 'ssh-rsa': 'rsa', 'ssh-ed25519': 'ed25519' };
  const type = types[parsed.type];
  if (!type) return undefined;
  const blob = parsed.getPublicSSH();
  const publicKey = `${parsed.type} ${blob.toString('base64')}`;
  if (type === 'ed25519') return { publicKey, type, fingerprint: sha256(blob) };
  const der = createPublicKey(parsed.getPublicPEM()).export({ type: 'spki', format: 'der' });
  return { publicKey, type, fingerprint: colons('md5', der) };
};

const ed25519Key = (): KeyMaterial => {
  const { privateKey, blob } = newEd25519Key();
  return { privateKey, publicKey: `ssh-ed25519 ${blob.toString('base64')}`, fingerprint: sha256(blob) };
};

const ecKey = (): KeyMaterial =>
  fromPem(
    generateKeyPairSync('ec', { namedCurve: 'P-256' })
      .privateKey.export({ type: 'sec1', format: 'pem' })
      .toString(),
  );

const pooledRsaKey = (folder: string, taken: (publicKey: string) => boolean): KeyMaterial => {
  const file = join(folder, 'rsa-keys.json');
  const pool = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as string[]) : [];
  for (const pem of pool) {
    const key = fromPem(pem);
    if (!taken(key.publicKey)) return key;
  }
  const pem = generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs1', format: 'pem' })
    .toString();
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, JSON.stringify([...pool, pem]), { mode: 0o600 });
  renameSync(temporary, file);
  return fromPem(pem);
};

/** For a key that EC2 created, the fingerprint is the SHA-1 of the private key in PKCS #8 ("Verify the fingerprint"). */
const fromPem = (pem: string): KeyMaterial => {
  const parsed = ssh2.utils.parseKey(pem);
  if (parsed instanceof Error) throw parsed;
  const der = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
  return {
    privateKey: pem,
    publicKey: `${parsed.type} ${parsed.getPublicSSH().toString('base64')}`,
    fingerprint: colons('sha1', der),
  };
};

const sha256 = (data: Buffer): string => createHash('sha256').update(data).digest('base64');
const colons = (algorithm: 'md5' | 'sha1', data: Buffer): string =>
  createHash(algorithm)
    .update(data)
    .digest('hex')
    .replace(/(..)(?=.)/g, '$1:');
