import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Fault } from '../../sandbox/index.ts';
import { resultOf } from './events.ts';
import { faultActs } from './faults.ts';
import { newProject, type Project, type RunningSandbox } from './project.ts';
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

/** The environment of a shell after a login: a session of 15 minutes, the shortest, which nothing here can renew. */
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

/**
 * A delayed call continues when the clock is advanced, with credentials that have expired. While Packer waits for an instance to be
 * gone is not a good time: 1.6.6 then asks in vain for ten minutes.
 */
it.each<{ when: string; slow: Fault; words: string[]; made: number }>([
  {
    when: 'while Packer builds',
    slow: { on: 'ssh', command: 'RELEASE=', times: 2, does: { delay: 600_000 } },
    words: publish,
    made: 0,
  },
  {
    when: 'when an AMI is there and not shared yet',
    // gopackgo's lookup of the snapshots of an AMI that was just built.
    slow: { on: 'ec2:DescribeSnapshots', input: 'Created by CreateImage', does: { delay: 600_000 } },
    words: [...publish, '--only', 'us-east-1-2404-hvm'],
    made: 1,
  },
])('if credentials expire $when, nothing is lost or shared, and the next run resumes', async (moment) => {
  const sandbox = await project.sandbox([moment.slow], { accounts: [{ account: '123456789012', roles }] });
  const { ended } = project.start(moment.words, await login(sandbox));
  await faultActs(sandbox);
  await sandbox.ask('clock', {
    method: 'POST',
    body: JSON.stringify({ advance: 901 }),
  });
  const run = await ended;

  expect(run.exit, run.stderr).toBe(1);
  const errors = resultOf(run).targets.map(({ error }) => error?.message ?? '');
  for (const message of errors) expect(message).toMatch(/RequestExpired.*Log in again \(aws sso login\)/s);
  const { amis: unshared } = await stateOf(sandbox.clients);
  const made = unshared.map(({ id }) => id);
  expect(made).toHaveLength(moment.made);

  const again = await project.run(publish, await login(sandbox));
  expect(again.exit, again.stderr).toBe(0);
  const { amis, leftovers } = await stateOf(sandbox.clients);
  expect(amis).toHaveLength(2);
  expect(leftovers).toEqual([]);
  expect(amis.map(({ id }) => id)).toEqual(expect.arrayContaining(made));
  expect(resultOf(again)).toMatchObject({ shared: true });
});
