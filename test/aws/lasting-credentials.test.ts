import { expect, it } from 'vitest';
import type { CredentialSource, Credentials } from '../../src/aws/credentials.ts';
import { lasting } from '../../src/aws/lasting-credentials.ts';

const at = Date.parse('2026-11-21T12:00:00Z');
const minutes = (count: number) => new Date(at + count * 60_000);
const session = (expiration?: Date): Credentials => ({
  accessKeyId: 'id',
  secretAccessKey: 'secret',
  sessionToken: 'token',
  ...(expiration ? { expiration } : {}),
});

/** The current credentials, and the result of a refresh, which may fail. */
function source(kept: Credentials, fresh: () => Credentials) {
  const asked: boolean[] = [];
  const given: CredentialSource = async ({ forceRefresh = false } = {}) => {
    asked.push(forceRefresh);
    return forceRefresh ? fresh() : kept;
  };
  const warnings: string[] = [];
  return {
    give: lasting(given, { now: () => at, warn: (text) => warnings.push(text) }),
    asked,
    warnings,
  };
}

const none = (): Credentials => {
  throw new Error('log in again');
};

it.each([
  ['with two hours left', session(minutes(120))],
  ['just issued for an hour', session(minutes(59.9))],
  ['without expiry', { accessKeyId: 'id', secretAccessKey: 'secret' }],
])('are given out as they are: %s', async (_which, kept) => {
  const { give, asked, warnings } = source(kept, none);
  expect(await give()).toEqual(kept);
  expect(asked).toEqual([false]);
  expect(warnings).toEqual([]);
});

it('are refreshed if less than an hour is left', async () => {
  const fresh = session(minutes(60));
  const { give, warnings } = source(session(minutes(40)), () => fresh);
  expect(await give()).toEqual(fresh);
  expect(warnings).toEqual([]);
});

it.each([
  ['there are no newer ones', none],
  ['newer ones expire just as soon', () => session(minutes(50))],
])('are given out with one warning, however often they are requested, if %s', async (_why, fresh) => {
  const { give, warnings } = source(session(minutes(50)), fresh);
  expect((await give()).expiration).toEqual(minutes(50));
  await give();
  expect(warnings).toEqual([
    expect.stringMatching(/expire at 12:50 UTC, .*a build may take longer.*aws sso login/),
  ]);
});

it('are given out with a warning if their expiry is unknown', async () => {
  const { give, warnings } = source(session(), none);
  await give();
  await give();
  expect(warnings).toEqual([expect.stringContaining('without a known expiration')]);
});

it('are missing if there are none at all', async () => {
  const give = lasting(async () => none(), { now: () => at, warn: () => undefined });
  await expect(give()).rejects.toThrow('log in again');
});
