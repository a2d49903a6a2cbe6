import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeRegionsCommand } from '@aws-sdk/client-ec2';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
} from '@aws-sdk/client-sts';
import { expect, test } from 'vitest';
import type { RoleSettings } from '../model/account-settings.ts';
import { defaultAccount, otherAccount } from '../model/accounts.ts';
import { createWorld, errorOf, type World } from '../testing/world.ts';
import { createRequestHandler } from '../wire/request-handler.ts';

const roles: RoleSettings[] = [
  { name: 'publisher' },
  { name: 'release/guarded', externalId: 'team', maxSessionDuration: 14_400 },
];
const arn = (role: string) => `arn:aws:iam::${defaultAccount.id}:role/${role}`;
const behaviour = { accounts: [{ account: defaultAccount.id, roles }] };

const assume = (world: World, change: Partial<AssumeRoleCommandInput> = {}, account = defaultAccount) =>
  world
    .sts({ account })
    .send(new AssumeRoleCommand({ RoleArn: arn('publisher'), RoleSessionName: 'me', ...change }));

/** Credentials of a session, in the form that clients use. */
async function session(world: World, change: Partial<AssumeRoleCommandInput> = {}) {
  const { Credentials } = await assume(world, change);
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '', Expiration } = Credentials ?? {};
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    Expiration,
  };
}

const s3 = (world: World, credentials: { accessKeyId: string; secretAccessKey: string }) =>
  new S3Client({
    region: 'us-east-1',
    credentials,
    requestHandler: createRequestHandler(world.aws),
    maxAttempts: 1,
  });

test('a role is assumed, also by another account, and makes all calls after that', async () => {
  const now = new Date('2026-11-21T12:00:00Z');
  const world = createWorld({ behaviour, now: () => now });
  const answer = await assume(world, {}, otherAccount);
  expect(answer.Credentials).toMatchObject({
    AccessKeyId: expect.stringMatching(/^ASIA[0-9A-F]{16}$/),
    SecretAccessKey: expect.stringMatching(/^[A-Za-z0-9+/]{40}$/),
    Expiration: new Date('2026-11-21T13:00:00Z'),
  });
  const assumed = `arn:aws:sts::${defaultAccount.id}:assumed-role/publisher/me`;
  expect(answer.AssumedRoleUser).toEqual({
    Arn: assumed,
    AssumedRoleId: expect.stringMatching(/^AROA[0-9A-F]{17}:me$/),
  });
});

test('its session is accepted by every service, even after the sandbox was restarted', async () => {
  const first = createWorld({ behaviour });
  const account = await session(first, { RoleArn: arn('release/guarded'), ExternalId: 'team' });
  await first.aws.close();
  const world = createWorld({ folder: first.folder });
  expect(await world.sts({ account }).send(new GetCallerIdentityCommand({}))).toMatchObject({
    Account: defaultAccount.id,
    Arn: `arn:aws:sts::${defaultAccount.id}:assumed-role/guarded/me`,
  });
  await world.ec2({ account }).send(new DescribeRegionsCommand({}));
  expect(await errorOf(world.ssm({ account }).send(new GetParameterCommand({ Name: '/none' })))).toBe(
    'ParameterNotFound',
  );
  await s3(world, account).send(new ListBucketsCommand({}));
  expect(new Set(world.aws.calls().map((call) => call.account))).toEqual(new Set([defaultAccount.id]));
});

test('no secret of a session is stored', async () => {
  const world = createWorld({ behaviour });
  const { secretAccessKey, sessionToken } = await session(world);
  for (const name of ['state.ndjson', 'calls.ndjson']) {
    const text = readFileSync(join(world.folder, name), 'utf8');
    expect(text).not.toContain(secretAccessKey);
    expect(text).not.toContain(sessionToken);
  }
});

test.each<[string, Partial<AssumeRoleCommandInput>, string]>([
  ['a missing role', { RoleArn: arn('nobody') }, 'AccessDenied'],
  ['a role of an unknown account', { RoleArn: 'arn:aws:iam::111111111111:role/publisher' }, 'AccessDenied'],
  ['no external id although one is required', { RoleArn: arn('release/guarded') }, 'AccessDenied'],
  ['another external id', { RoleArn: arn('release/guarded'), ExternalId: 'others' }, 'AccessDenied'],
  ['an external id that is not required', { ExternalId: 'team' }, 'no error'],
  ['longer than the role allows', { DurationSeconds: 3601 }, 'ValidationError'],
  [
    'as long as the role allows',
    { RoleArn: arn('release/guarded'), ExternalId: 'team', DurationSeconds: 14_400 },
    'no error',
  ],
  ['shorter than AWS allows', { DurationSeconds: 899 }, 'ValidationError'],
  ['longer than AWS allows', { DurationSeconds: 43_201 }, 'ValidationError'],
  ['a name with a blank', { RoleSessionName: 'a b' }, 'ValidationError'],
  ['an invalid ARN', { RoleArn: 'publisher' }, 'ValidationError'],
  ['a policy, which the sandbox does not have', { Policy: '{}' }, 'NotImplementedBySandbox'],
])('AssumeRole is refused for %s (%#)', async (_what, change, code) => {
  expect(await errorOf(assume(createWorld({ behaviour }), change))).toBe(code);
});

test('a session cannot assume a role that trusts users', async () => {
  const world = createWorld({ behaviour });
  const account = { id: '', ...(await session(world)) };
  expect(await errorOf(assume(world, {}, account))).toBe('AccessDenied');
});

/** The answer of each service to these credentials. */
async function refusals(world: World, account: { accessKeyId: string; secretAccessKey: string }) {
  return {
    ec2: await errorOf(world.ec2({ account }).send(new DescribeRegionsCommand({}))),
    sts: await errorOf(world.sts({ account }).send(new GetCallerIdentityCommand({}))),
    ssm: await errorOf(world.ssm({ account }).send(new GetParameterCommand({ Name: '/none' }))),
    s3: await errorOf(s3(world, account).send(new ListBucketsCommand({}))),
  };
}

test('a session ends when its time is over', async () => {
  const world = createWorld({ behaviour });
  const account = await session(world, { DurationSeconds: 900 });
  world.aws.settings.advance(901);
  expect(await refusals(world, account)).toEqual({
    ec2: 'RequestExpired',
    sts: 'ExpiredToken',
    ssm: 'ExpiredTokenException',
    s3: 'ExpiredToken',
  });
});

const stranger = {
  ec2: 'AuthFailure',
  sts: 'InvalidClientTokenId',
  ssm: 'UnrecognizedClientException',
};

test("a session's keys are rejected without its token, and with another one", async () => {
  const world = createWorld({ behaviour });
  const [one, other] = [await session(world), await session(world)];
  const { sessionToken: _, ...bare } = one;
  expect(await refusals(world, bare)).toEqual({ ...stranger, s3: 'InvalidAccessKeyId' });
  const mixed = { ...one, sessionToken: other.sessionToken };
  expect(await refusals(world, mixed)).toEqual({ ...stranger, s3: 'InvalidToken' });
  const forged = {
    ...one,
    sessionToken: Buffer.from('{"account":"123456789012","until":9e15}').toString('base64'),
  };
  expect(await refusals(world, forged)).toEqual({ ...stranger, s3: 'InvalidToken' });
});

test("a user's key is refused with a session token", async () => {
  const world = createWorld({ behaviour });
  const { sessionToken } = await session(world);
  expect(await refusals(world, { ...defaultAccount, ...{ sessionToken } })).toEqual({
    ...stranger,
    s3: 'InvalidToken',
  });
});

test('a role is the same in all regions, so its rule names none', () => {
  expect(() => createWorld({ behaviour: { accounts: [{ region: 'eu-west-1', roles }] } })).toThrow(
    'same in all regions',
  );
});
