import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { publicationsIn } from '../../src/config/find-publication.ts';
import { readLocalSettings, repeatLimitOf, variables } from '../../src/config/local-settings.ts';
import { localSchema } from '../../src/config/local-settings-schema.ts';
import { ActionableError } from '../../src/lib/actionable-error.ts';
import { least } from './a-config.ts';

const role = 'arn:aws:iam::123456789012:role/publisher';
const accessKey = `AKIA${'ABCDEFGH12345678'}`;
const secret = `wJalrXUtnFEMI/K7MDENG${'/bPxRfiCYzzzzzzzKEY'}`;
const privateKey = `-----BEGIN RSA ${'PRIVATE KEY'}-----\nMIIEow\n-----END RSA ${'PRIVATE KEY'}-----`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'local settings '));
  mkdirSync(join(folder, 'configs'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (content: unknown) =>
  writeFileSync(
    join(folder, 'configs/local.json'),
    typeof content === 'string' ? content : JSON.stringify(content),
  );
const read = (environment: NodeJS.ProcessEnv = {}) =>
  readLocalSettings(folder, { HOME: '/home/ada', ...environment });

function refusal(environment?: NodeJS.ProcessEnv): string[] {
  try {
    read(environment);
  } catch (error) {
    expect(error).toBeInstanceOf(ActionableError);
    return (error as Error).message.split('\n');
  }
  throw new Error('was read');
}

describe('configs/local.json', () => {
  it('may be missing', () => {
    expect(read()).toEqual({ places: {} });
  });

  it('gives its settings, with paths relative to its folder or to home, and their places', () => {
    write(`// mine\n{ "account": "123456789012", "profile": "images", "role": "${role}", "externalId": "team",
      "certificate": "cert.pem", "privateKey": "~/keys/key.pem", }`);
    expect(read()).toEqual({
      account: '123456789012',
      profile: 'images',
      role,
      externalId: 'team',
      certificate: join(folder, 'configs/cert.pem'),
      privateKey: '/home/ada/keys/key.pem',
      places: {
        account: 'configs/local.json: account',
        profile: 'configs/local.json: profile',
        role: 'configs/local.json: role',
        externalId: 'configs/local.json: externalId',
        certificate: 'configs/local.json: certificate',
        privateKey: 'configs/local.json: privateKey',
      },
    });
  });

  it.each([
    [undefined, undefined],
    ['0s', 0],
    ['90s', 90_000],
    ['5m', 300_000],
    ['1h', 3_600_000],
  ])('sets how long AWS calls are repeated: %s', (retryFor, milliseconds) => {
    expect(repeatLimitOf(read(retryFor === undefined ? {} : { GOPACKGO_RETRY_FOR: retryFor }))).toBe(
      milliseconds,
    );
  });

  it('is overridden by the environment, setting by setting; an empty variable does not count', () => {
    write({ account: '123456789012', profile: 'images', certificate: 'cert.pem', privateKey: 'key.pem' });
    const settings = read({
      GOPACKGO_PROFILE: 'work',
      GOPACKGO_ACCOUNT: '',
      GOPACKGO_CERTIFICATE: 'other.pem',
    });
    expect(settings).toMatchObject({
      account: '123456789012',
      profile: 'work',
      certificate: join(folder, 'other.pem'),
      privateKey: join(folder, 'configs/key.pem'),
      places: { account: 'configs/local.json: account', profile: 'GOPACKGO_PROFILE' },
    });
  });

  it.each<[string, unknown, string]>([
    ['an unknown key', { profil: 'x' }, 'configs/local.json: profil: expected one of the keys "account", '],
    ['a number for an account', { account: 123456789012 }, 'account: expected an account id: twelve digits'],
    ['no role', { role: 'publisher' }, 'configs/local.json: role: expected the ARN of a role, such as'],
    ['an empty profile', { profile: '' }, 'configs/local.json: profile: expected the name of a profile'],
    ['a list', [], 'configs/local.json: expected an object, found an empty list'],
    ['an empty file', ' \n', 'configs/local.json: expected settings, as configs/local-default.json shows'],
    ['no JSON', '{ "profile": images }', 'configs/local.json: line 1:14: expected JSON'],
    ['a key twice', '{ "profile": "a", "profile": "b" }', 'line 1:19: expected each key once'],
    [
      'half a pair',
      { certificate: 'x' },
      'configs/local.json: certificate: expected the private key of this',
    ],
    ['the other half', { privateKey: 'x' }, 'configs/local.json: privateKey: expected the certificate of'],
  ])('is refused with %s', (_what, content, message) => {
    write(content);
    expect(refusal().join('\n')).toContain(message);
  });

  it.each<[string, unknown, string]>([
    ['an access key', { profile: accessKey }, 'profile'],
    ['a secret key', { aws_secret_access_key: secret }, 'aws_secret_access_key'],
    ['a private key', { certificate: 'cert.pem', privateKey }, 'privateKey'],
    ['a key in a comment', `{} // ${accessKey}`, 'line 1, a comment'],
  ])('is refused with %s, which is not shown', (_what, content, place) => {
    write(content);
    const lines = refusal();
    expect(lines.join('\n')).toContain(`configs/local.json: ${place}: expected no literal credential`);
    expect(lines.join('\n')).toContain('keys belong in your AWS configuration');
    for (const hidden of [accessKey, secret, 'MIIEow']) expect(lines.join('\n')).not.toContain(hidden);
  });

  it('is no publication, nor is the file that it is copied from', () => {
    for (const name of ['local', 'local-default', 'web'])
      writeFileSync(join(folder, 'configs', `${name}.json`), JSON.stringify(least));
    expect(publicationsIn(folder)).toEqual(['web']);
  });
});

describe('the environment', () => {
  it('is checked by the same rules, and named in messages', () => {
    expect(refusal({ GOPACKGO_ACCOUNT: '12', GOPACKGO_ROLE: 'publisher' })).toEqual([
      'environment: GOPACKGO_ACCOUNT: expected an account id: twelve digits in quotes, found "12"',
      expect.stringContaining('environment: GOPACKGO_ROLE: expected the ARN of a role'),
    ]);
    expect(refusal({ GOPACKGO_PROFILE: accessKey }).join('\n')).not.toContain(accessKey);
  });
});

describe('configs/local-default.json', () => {
  const template = readFileSync('configs/local-default.json', 'utf8');

  it('names every setting and its variable, and sets nothing as it is', () => {
    const keys = [...template.matchAll(/^ {2}\/\/ "(\w+)":/gm)].map(([, key]) => key);
    expect(keys).toEqual(Object.keys(localSchema.properties ?? {}));
    for (const variable of Object.values(variables)) expect(template).toContain(variable);
    write(template);
    expect(read()).toEqual({ places: {} });
  });

  it('is valid without the slashes', () => {
    write(template.replace(/^ {2}\/\/ (?=")/gm, '  '));
    expect(read()).toMatchObject({ account: '123456789012', role, privateKey: expect.stringMatching(/^\//) });
  });
});
