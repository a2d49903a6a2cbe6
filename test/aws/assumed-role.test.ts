import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { expect, it } from 'vitest';
import {
  createRequestHandler,
  createWorld,
  defaultAccount,
  type RoleSettings,
} from '../../sandbox/testing/index.ts';
import { assumedRole, sessionNameOf } from '../../src/aws/credentials.ts';

const arn = `arn:aws:iam::${defaultAccount.id}:role/publisher`;

function inSandbox(role: Omit<RoleSettings, 'name'>, externalId?: string) {
  const world = createWorld({ behaviour: { accounts: [{ roles: [{ name: 'publisher', ...role }] }] } });
  const requestHandler = createRequestHandler(world.aws);
  const source = assumedRole(
    { arn, sessionName: sessionNameOf('a host'), ...(externalId === undefined ? {} : { externalId }) },
    () => world.sts(),
  );
  /** Requested durations, in hours, each with whether it was granted. */
  const asked = () =>
    world.aws
      .calls()
      .filter(({ operation }) => operation === 'AssumeRole')
      .map(({ input, status }) => [(input as { DurationSeconds: number }).DurationSeconds / 3600, status]);
  const who = async () => {
    const sts = new STSClient({ region: 'eu-west-1', credentials: source, requestHandler });
    return (await sts.send(new GetCallerIdentityCommand({}))).Arn;
  };
  return { source, asked, who };
}

it('makes all calls, in a session named after this machine', async () => {
  const { who } = inSandbox({});
  expect(await who()).toBe(`arn:aws:sts::${defaultAccount.id}:assumed-role/publisher/gopackgo-a-host`);
});

it.each([
  [12, 43_200, [[12, 200]]],
  [
    4,
    20_000,
    [
      [12, 400],
      [4, 200],
    ],
  ],
  [
    1,
    3600,
    [
      [12, 400],
      [4, 400],
      [1, 200],
    ],
  ],
])('lasts %i h if the role allows %i s', async (hours, maxSessionDuration, tried) => {
  const { source, asked } = inSandbox({ maxSessionDuration });
  const { expiration } = await source();
  expect(Math.round(((expiration?.getTime() ?? 0) - Date.now()) / 60_000)).toBe(hours * 60);
  expect(asked()).toEqual(tried);
});

it('is assumed once for all calls, again on request, and then directly for the duration that it allows', async () => {
  const { source, asked } = inSandbox({});
  const [one, other] = await Promise.all([source(), source()]);
  expect(other).toEqual(one);
  expect(asked()).toHaveLength(3);
  const fresh = await source({ forceRefresh: true });
  expect(fresh.sessionToken).not.toBe(one.sessionToken);
  expect(await source()).toEqual(fresh);
  expect(asked().slice(3)).toEqual([[1, 200]]);
});

it("reports AWS's error if it may not be assumed, and is requested once", async () => {
  const { source, asked } = inSandbox({ externalId: 'team' });
  await expect(source()).rejects.toThrow(/user\/sandbox is not authorized to perform: sts:AssumeRole/);
  expect(asked()).toEqual([[12, 403]]);
  await expect(inSandbox({ externalId: 'team' }, 'team').source()).resolves.toHaveProperty('sessionToken');
});

it('has a session name that STS allows, whatever the host name', () => {
  expect(sessionNameOf('build-3.example.org')).toBe('gopackgo-build-3.example.org');
  expect(sessionNameOf("Ada's Mac (2)")).toBe('gopackgo-Ada-s-Mac--2-');
  expect(sessionNameOf('x'.repeat(100))).toHaveLength(64);
});
