import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkPair } from '../../src/instance-store/check-pair.ts';
import { makePair } from '../../src/instance-store/make-pair.ts';
import { checkOwnPair, ensureThrowawayPair, throwawayPair } from '../../src/instance-store/signing-pair.ts';

const day = 24 * 60 * 60_000;
const now = Date.parse('2026-11-21T12:00:00Z');
const year = 365 * day;

let folder: string;
let pair: { certificate: string; privateKey: string };
let other: { certificate: string; privateKey: string };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'a pair '));
  [pair, other] = await Promise.all([makePair(now), makePair(now)]);
});
afterAll(() => rm(folder, { recursive: true }));

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const ecKey = ec.export({ type: 'pkcs8', format: 'pem' }).toString();
const lockedKey = ec
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
  .toString();

it('makes an RSA pair of 2048 bits that is valid for a year', () => {
  expect(checkPair(pair.certificate, pair.privateKey, now)).toEqual({ ok: true });
  expect(pair.privateKey).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/);
  const { publicKey, validToDate } = new X509Certificate(pair.certificate);
  expect(publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
  expect(validToDate.getTime() - now).toBe(year);
});

it.each<[string, () => [string, string, number], string]>([
  ['an empty certificate', () => ['', pair.privateKey, now], 'found an empty file'],
  ['a key in its place', () => [pair.privateKey, pair.privateKey, now], 'found a rsa private key'],
  [
    'a certificate that is cut off',
    () => [pair.certificate.replace(/\n.{20}/, '\n'), pair.privateKey, now],
    'truncated or changed',
  ],
  ['a certificate as key', () => [pair.certificate, pair.certificate, now], 'found a certificate'],
  ['no PEM at all', () => [pair.certificate, 'hunter2', now], 'found something else'],
  ['a key with a passphrase', () => [pair.certificate, lockedKey, now], 'found an encrypted one'],
  ["another certificate's key", () => [pair.certificate, other.privateKey, now], 'found another one'],
  ['a key that is not RSA', () => [pair.certificate, ecKey, now], 'found another one'],
  [
    'an expired one',
    () => [pair.certificate, pair.privateKey, now + year],
    'found one that expired on 2027-11-21',
  ],
  [
    'one that ends within the run',
    () => [pair.certificate, pair.privateKey, now + year - day / 2],
    'found one that expires at 2027-11-21T12:00:00.000Z',
  ],
  [
    'one that is not valid yet',
    () => [pair.certificate, pair.privateKey, now - day],
    'found one that is valid from 2026-11-21',
  ],
])('refuses %s', (_, args, found) => {
  const check = checkPair(...args());
  const { expected, found: instead } = { expected: '', found: '', ...check };
  expect(check.ok).toBe(false);
  expect(`expected ${expected}, found ${instead}`).toContain(found);
  expect(JSON.stringify(check)).not.toContain('hunter2');
});

it('accepts a pair that expires within 30 days, and says so', () => {
  expect(checkPair(pair.certificate, pair.privateKey, now + year - 29 * day)).toEqual({
    ok: true,
    endsSoon: '2027-11-21',
  });
});

it('names the place, the file and the problem of the user’s own pair', async () => {
  const paths = { certificate: join(folder, 'cert.pem'), privateKey: join(folder, 'absent.pem') };
  await writeFile(paths.certificate, pair.certificate);
  const places = { certificate: 'configs/local.json: certificate', privateKey: 'GOPACKGO_PRIVATE_KEY' };
  await expect(checkOwnPair({ ...paths, places }, now)).rejects.toMatchObject({
    status: 4,
    message: expect.stringMatching(
      /^GOPACKGO_PRIVATE_KEY: .*found no such file: .*absent\.pem\. Nothing was built/,
    ),
  });
  await writeFile(paths.privateKey, pair.privateKey);
  expect(await checkOwnPair({ ...paths, places }, now)).toBeUndefined();
  expect(await checkOwnPair({ ...paths, places }, now + year - 2 * day)).toContain('expires on 2027-11-21');
});

it('keeps the generated pair of a release while it is valid, and makes another one after that', async () => {
  const release = await mkdtemp(join(folder, 'release '));
  const paths = throwawayPair(release);
  const read = async () => [
    await readFile(paths.certificate, 'utf8'),
    await readFile(paths.privateKey, 'utf8'),
  ];
  await ensureThrowawayPair(paths, now);
  const first = await read();
  expect((await stat(paths.privateKey)).mode & 0o777).toBe(0o600);
  expect((await stat(join(release, 'signing'))).mode & 0o777).toBe(0o700);
  await ensureThrowawayPair(paths, now + 100 * day);
  expect(await read()).toEqual(first);

  await writeFile(paths.certificate, other.certificate);
  await chmod(paths.privateKey, 0o600);
  await ensureThrowawayPair(paths, now);
  const [certificate = '', privateKey = ''] = await read();
  expect(checkPair(certificate, privateKey, now)).toEqual({ ok: true });
  expect(privateKey).not.toBe(first[1]);
});
