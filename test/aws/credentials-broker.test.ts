import { request } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import type { Credentials } from '../../src/aws/credentials.ts';
import { startCredentialsBroker } from '../../src/aws/credentials-broker.ts';

const at = Date.parse('2026-11-21T12:00:00Z');
const permanent: Credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'made up/secret' };
const session: Credentials = {
  accessKeyId: 'ASIDEXAMPLE',
  secretAccessKey: 'other/secret',
  sessionToken: 'made-up-token',
  expiration: new Date(at + 3_600_000),
};

async function broker(credentials: () => Promise<Credentials>) {
  const started = await startCredentialsBroker(credentials, () => at);
  onTestFinished(() => started.close());
  const { AWS_CONTAINER_CREDENTIALS_FULL_URI: url, AWS_CONTAINER_AUTHORIZATION_TOKEN: token } =
    started.environment;
  const ask = async (change: { authorization?: string; method?: string; path?: string } = {}) => {
    const { authorization = token, method = 'GET', path = '' } = change;
    const answer = await fetch(new URL(path, url), {
      method,
      headers: authorization === '' ? {} : { authorization },
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  return { ...started, url, token, ask };
}

it('gives current credentials to a client with the token, in the format of the SDKs', async () => {
  let now = permanent;
  const { ask } = await broker(async () => now);
  expect(await ask()).toEqual({
    status: 200,
    body: {
      AccessKeyId: 'AKIDEXAMPLE',
      SecretAccessKey: 'made up/secret',
      // Without these two botocore rejects the answer.
      Token: '',
      Expiration: '2026-11-22T00:00:00.000Z',
    },
  });
  now = session;
  expect((await ask()).body).toMatchObject({
    AccessKeyId: 'ASIDEXAMPLE',
    Token: 'made-up-token',
    Expiration: '2026-11-21T13:00:00.000Z',
  });
});

it.each([
  [403, 'no token', { authorization: '' }],
  [403, 'another token of the same length', { authorization: '0'.repeat(64) }],
  [403, 'a part of the token', { authorization: '0' }],
  [405, 'another method', { method: 'POST' }],
  [404, 'another path', { path: '/' }],
])('refuses with %i: %s; no credentials are requested', async (status, _what, change) => {
  let asked = 0;
  const { ask } = await broker(async () => {
    asked++;
    return permanent;
  });
  expect((await ask(change)).status).toBe(status);
  expect(asked).toBe(0);
});

it('has a new token each time, and only a loopback address', async () => {
  const [one, other] = [await broker(async () => permanent), await broker(async () => permanent)];
  expect(one.token).toMatch(/^[0-9a-f]{64}$/);
  expect(one.token).not.toBe(other.token);
  expect((await one.ask({ authorization: other.token })).status).toBe(403);
  expect(new URL(one.url).hostname).toBe('127.0.0.1');
});

it('says why there are none, so that the client can report it', async () => {
  const { ask } = await broker(async () => {
    throw Object.assign(new Error('The SSO session has expired'), { name: 'ExpiredToken' });
  });
  expect(await ask()).toEqual({
    status: 503,
    body: { code: 'ExpiredToken', message: 'The SSO session has expired' },
  });
});

it('knows the secrets that it gave out, to keep them out of messages', async () => {
  let now = permanent;
  const { ask, secrets, token } = await broker(async () => now);
  expect(secrets()).toEqual([token]);
  await ask();
  now = session;
  await ask();
  expect(secrets()).toEqual([
    token,
    'AKIDEXAMPLE',
    'made up/secret',
    'ASIDEXAMPLE',
    'other/secret',
    'made-up-token',
  ]);
});

it('can be closed while a client keeps a connection', async () => {
  const { url, token, close, ask } = await broker(async () => permanent);
  await new Promise((settle) => {
    const kept = request(url, { headers: { authorization: token, connection: 'keep-alive' } }, (answer) => {
      answer.resume().once('end', settle);
    });
    kept.on('error', () => undefined).end();
  });
  await close();
  await expect(ask()).rejects.toThrow();
});
