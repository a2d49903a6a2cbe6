import { expect, it } from 'vitest';
import { hideSecrets, secretsIn } from '../../src/lib/hide-secrets.ts';

const secret = 'p@ss "wörd"/+&=1';

it.each([
  ['plain', secret],
  ['in JSON', JSON.stringify({ secret })],
  ['in a URL', `https://example.org/?x=${encodeURIComponent(secret)}`],
  ['in a form', new URLSearchParams({ secret }).toString()],
  ['in base64', Buffer.from(secret).toString('base64')],
  ["in a URL's base64", Buffer.from(secret).toString('base64url')],
  ['in hexadecimal', Buffer.from(secret).toString('hex')],
])('hides a secret %s, and nothing else', (_form, text) => {
  const shown = hideSecrets(`before ${text} after`, [secret]);
  expect(shown).toMatch(/^before .*\(secret\)\S* after$/);
  for (const part of ['p@ss', 'p%40ss', Buffer.from('p@ss "').toString('base64'), '70407373'])
    expect(shown).not.toContain(part);
});

it('completely hides a secret that begins with another one', () => {
  expect(hideSecrets('long-secret-longer', ['long-secret', 'long-secret-longer'])).toBe('(secret)');
});

it('does not hide values that are too short to be distinctive', () => {
  expect(hideSecrets('the password is true', ['true', ''])).toBe('the password is true');
});

it('recognizes the secrets of an environment by their names, but not paths or ids', () => {
  const environment = {
    DB_PASSWORD: 'one',
    GITHUB_TOKEN: 'two',
    AWS_SECRET_ACCESS_KEY: 'three',
    AWS_SESSION_TOKEN: 'four',
    AWS_ACCESS_KEY_ID: 'id',
    AWS_WEB_IDENTITY_TOKEN_FILE: '/path',
    AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1',
    GOPACKGO_PRIVATE_KEY: '/key.pem',
    PATH: '/bin',
    SECRET_UNSET: undefined,
  };
  expect(secretsIn(environment)).toEqual(['one', 'two', 'three', 'four']);
});
