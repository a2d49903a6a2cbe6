import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { newEd25519Key } from '../../ec2/openssh-key.ts';
import { withholdPrivateKeys } from '../../server/private-keys.ts';

function filtered(text: string, piece: number) {
  const filter = withholdPrivateKeys();
  const bytes = Buffer.from(text, 'latin1');
  const kept: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += piece) kept.push(filter.pass(bytes.subarray(at, at + piece)));
  kept.push(filter.rest());
  return { kept: Buffer.concat(kept).toString('latin1'), withheld: filter.withheld };
}

const pem = (type: 'pkcs1' | 'pkcs8', more = {}) =>
  generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type, format: 'pem', ...more })
    .toString();
const keys = {
  rsa: pem('pkcs1'),
  'PKCS #8': pem('pkcs8'),
  encrypted: pem('pkcs8', { cipher: 'aes-256-cbc', passphrase: 'x' }),
  'with headers': pem('pkcs1', { cipher: 'aes-256-cbc', passphrase: 'x' }),
  'short ed25519': generateKeyPairSync('ed25519')
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString(),
  OpenSSH: newEd25519Key().privateKey,
  'on one line': JSON.stringify(pem('pkcs1')),
  'without an end': pem('pkcs8').split('-----END')[0] ?? '',
};

it.each(Object.entries(keys))('leaves out the content of a key: %s', (_kind, key) => {
  const script = (inside: string) => `#!/bin/sh\ncat >k <<'E'\n${inside}\nE\nrm \xff\x00 k\n`;
  const secret = /KEY-----\s*(?:\\n)?((?:[\w-]+: .*\n)*)\s*([^-]+)/.exec(key)?.[2] ?? '';
  expect(secret.length).toBeGreaterThan(50);
  for (const piece of [1, 7, 100, 100_000]) {
    const { kept, withheld } = filtered(script(key), piece);
    expect(withheld).toBe(true);
    expect(kept).toHaveLength(script(key).length);
    expect(kept).toContain('withheld by the sandbox');
    for (let at = 0; at + 12 <= secret.length; at += 12)
      expect(kept).not.toContain(secret.slice(at, at + 12));
    if (key.includes('-----END')) expect(kept.endsWith('\nE\nrm \xff\x00 k\n')).toBe(true);
  }
});

it.each([
  ['a certificate', `-----BEGIN CERTIFICATE-----\n${'QUJD'.repeat(300)}\n-----END CERTIFICATE-----\n`],
  ['a public key', `-----BEGIN PUBLIC KEY-----\n${'QUJD'.repeat(30)}\n-----END PUBLIC KEY-----\n`],
  [
    'a script that looks for keys',
    `grep -q '-----BEGIN RSA PRIVATE KEY-----' k && echo "${'x'.repeat(500)}"`,
  ],
  ['a mark at the end', 'see -----BEGIN PRIVATE KEY-----'],
  ['dashes', '-'.repeat(1000)],
])('passes %s unchanged', (_what, text) => {
  for (const piece of [1, 50, 10_000]) expect(filtered(text, piece)).toEqual({ kept: text, withheld: false });
});
