import { generateKeyPairSync, randomBytes } from 'node:crypto';

/**
 * A new ed25519 key: the private key in OpenSSH's own format, as EC2 returns it (CreateKeyPair), and the public key as it
 * follows `ssh-ed25519`. ssh2 1.17.0 has a generator too, but about one in 200 of its keys cannot be read, since it drops a
 * leading zero byte.
 */
export const newEd25519Key = (): { privateKey: string; blob: Buffer } => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const jwk = privateKey.export({ format: 'jwk' });
  const publicHalf = Buffer.from(jwk.x ?? '', 'base64url');
  const seed = Buffer.from(jwk.d ?? '', 'base64url');
  const blob = Buffer.concat([text('ssh-ed25519'), field(publicHalf)]);
  return { privateKey: openSshPem(blob, privatePart(publicHalf, seed)), blob };
};

/** Not encrypted: PROTOCOL.key of OpenSSH. A check number appears twice, so that a wrong passphrase would be noticed. */
const openSshPem = (blob: Buffer, secret: Buffer): string => {
  const whole = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    text('none'),
    text('none'),
    text(''),
    number(1),
    field(blob),
    field(secret),
  ]);
  const lines = whole.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join(
    '\n',
  );
};

const privatePart = (publicHalf: Buffer, seed: Buffer): Buffer => {
  const check = randomBytes(4);
  const part = Buffer.concat([
    check,
    check,
    text('ssh-ed25519'),
    field(publicHalf),
    field(Buffer.concat([seed, publicHalf])),
    text(''),
  ]);
  const block = 8;
  const missing = (block - (part.length % block)) % block;
  return Buffer.concat([part, Buffer.from(Array.from({ length: missing }, (_, index) => index + 1))]);
};

const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const field = (bytes: Buffer): Buffer => Buffer.concat([number(bytes.length), bytes]);
const text = (value: string): Buffer => field(Buffer.from(value));
