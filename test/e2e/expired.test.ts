import { readFile } from 'node:fs/promises';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { resultOf } from './events.ts';
import { newProject, type Project, type RunningSandbox, until } from './project.ts';
import { stateOf } from './state.ts';

let project: Project;
beforeEach(async () => {
  project = await newProject();
  await project.config('test-ebs', (config) => {
    config.share = { accounts: [friend] };
    // Packer's SDK tries each call eleven times by default, which takes it a minute.
    for (const { builder } of config.images as { builder: object }[])
      Object.assign(builder, { max_retries: 1 });
  });
});
afterEach(() => project.remove());

const friend = '210987654321';
const role = 'arn:aws:iam::123456789012:role/release';
const roles = [{ name: 'release' }];
const publish = ['publish', 'test-ebs', '--yes', '--json'];

/** What a shell has after a login: a session of a quarter of an hour, the shortest, which nothing here can renew. */
async function login({ clients, environment }: RunningSandbox): Promise<Record<string, string>> {
  const asked = new AssumeRoleCommand({ RoleArn: role, RoleSessionName: 'ada', DurationSeconds: 900 });
  const { Credentials = {} } = (await clients.sts('us-east-1').send(asked)) as {
    Credentials?: Partial<Record<'AccessKeyId' | 'SecretAccessKey' | 'SessionToken', string>>;
  };
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials;
  return {
    ...environment,
    AWS_ACCESS_KEY_ID: AccessKeyId,
    AWS_SECRET_ACCESS_KEY: SecretAccessKey,
    AWS_SESSION_TOKEN: SessionToken,
  };
}

const count = async (sandbox: RunningSandbox, operation: string) =>
  (await sandbox.calls()).filter((call) => call.operation === operation && call.status === 200).length;

const endedAttempts = async () => {
  const events = await readFile(project.path('.gopackgo/test-ebs@1.0.0/events.ndjson'), 'utf8').catch(
    () => '',
  );
  return events.split('\n').filter((line) => line.includes('"attempt-ended"')).length;
};

/** While Packer waits for an instance to be gone is no good moment: 1.6.6 then asks in vain for ten minutes. */
it.each([
  {
    when: 'while Packer builds',
    slow: { on: 'ssh' as const, command: 'RELEASE=', times: 0, does: { delay: 15_000 } },
    reached: async (sandbox: RunningSandbox) => (await count(sandbox, 'RunInstances')) === 2,
    made: 0,
  },
  {
    when: 'when the AMIs are there and not shared yet',
    slow: { on: 'ec2:DescribeSnapshots' as const, times: 2, does: { delay: 5_000 } },
    reached: async () => (await endedAttempts()) === 2,
    made: 2,
  },
])('credentials that end $when: nothing is lost or shared, and the next run goes on', async (moment) => {
  const sandbox = await project.sandbox([moment.slow], { accounts: [{ account: '123456789012', roles }] });
  const { ended } = project.start(publish, await login(sandbox));
  await until(moment.when, () => moment.reached(sandbox));
  await sandbox.ask('clock', {
    method: 'POST',
    body: JSON.stringify({ advance: 901 }),
  });
  const run = await ended;

  expect(run.exit, run.stderr).toBe(1);
  const errors = resultOf(run).targets.map(({ error }) => error?.message ?? '');
  for (const message of errors) expect(message).toMatch(/RequestExpired.*Log in again \(aws sso login\)/s);
  expect(await count(sandbox, 'ModifyImageAttribute')).toBe(0);
  const made = (await stateOf(sandbox.clients)).amis.map(({ id }) => id);
  expect(made).toHaveLength(moment.made);

  const again = await project.run(publish, await login(sandbox));
  expect(again.exit, again.stderr).toBe(0);
  const { amis, leftovers } = await stateOf(sandbox.clients);
  expect(amis).toHaveLength(2);
  expect(leftovers).toEqual([]);
  expect(amis.map(({ id }) => id)).toEqual(expect.arrayContaining(made));
  expect(resultOf(again)).toMatchObject({ shared: true });
});
