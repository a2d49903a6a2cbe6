import { writeFile } from 'node:fs/promises';
import { DescribeImagesCommand, DescribeSubnetsCommand } from '@aws-sdk/client-ec2';
import semver from 'semver';
import { describe, expect, test } from 'vitest';
import { type AccountRule, type Consistency, otherAccount } from '../../sandbox/testing/index.ts';
import { connect } from '../../src/aws/connection.ts';
import { eventsOfType, resultOf } from './events.ts';
import { packersAgent } from './faults.ts';
import { leaveAmisUntagged, packerOfTests } from './packer.ts';
import { newProject, type Project, type RunningSandbox } from './project.ts';
import { stateOf } from './state.ts';

/** Each test has its own project folder, so that they run at the same time: they wait more than they work. */
const it = test.extend<{ project: Project }>({
  project: async ({ task: _ }, use) => {
    const project = await newProject();
    await use(project);
    await project.remove();
  },
});

const one = ['--only', '2404-hvm'];
const publish = (project: Project, ...more: string[]) =>
  project.run(['publish', 'test-ebs', '--sandbox', '--yes', ...more]);
const share = (project: Project, accounts: string[]) =>
  project.config('test-ebs', (config) => {
    config.share = { accounts };
  });
const carriedOut = async (sandbox: RunningSandbox, operation: string) =>
  (await sandbox.calls()).filter((call) => call.operation === operation && call.error === undefined);
const made = async (sandbox: RunningSandbox, operation: string) =>
  (await carriedOut(sandbox, operation)).length;
const calledBy = async (sandbox: RunningSandbox, operation: string) => {
  const calls = await carriedOut(sandbox, operation);
  const packers = calls.filter(({ userAgent }) => userAgent.includes(packersAgent)).length;
  return { packers, ours: calls.length - packers };
};

describe.concurrent('a publish in an account', () => {
  const set = (project: Project, rule: AccountRule) => project.sandbox([], { accounts: [rule] });

  it('without a default VPC is refused before the build, which asks for a subnet, and works with one', async ({
    project,
  }) => {
    const sandbox = await set(project, { region: 'us-east-1', defaultVpc: false });
    const without = await publish(project, ...one);
    expect(without.exit).toBe(4);
    expect(without.stderr).toContain('found no default VPC');
    expect(without.stderr).toContain('"subnet_id": "subnet-');
    expect(await made(sandbox, 'RunInstances')).toBe(0);
    expect((await stateOf(sandbox.clients)).leftovers).toEqual([]);

    const { Subnets } = await sandbox.clients.ec2('us-east-1').send(new DescribeSubnetsCommand({}));
    await project.config('test-ebs', (config) => {
      config.regions = {
        'us-east-1': { subnet_id: Subnets?.[0]?.SubnetId, associate_public_ip_address: true },
      };
    });
    const within = await publish(project, ...one);
    expect(within.exit, within.stderr).toBe(0);
  });

  it('with encryption by default is refused before the build if it shares, and says how to fix that', async ({
    project,
  }) => {
    const sandbox = await set(project, { region: 'us-east-1', encryptionByDefault: true });
    await share(project, [otherAccount.id]);
    const run = await publish(project);
    expect(run.exit).toBe(4);
    expect(run.stderr).toContain('us-east-1: EBS encryption by default');
    expect(run.stderr).toContain('aws ec2 modify-ebs-default-kms-key-id --region us-east-1');
    expect(await made(sandbox, 'RunInstances')).toBe(0);
    // Private AMIs can be built; if they are shared later, AWS refuses.
    await share(project, []);
    const alone = await publish(project);
    expect(alone.exit, alone.stderr).toBe(0);
    await share(project, [otherAccount.id]);
    const shared = await publish(project);
    expect(shared.exit).toBe(1);
    expect(shared.stderr).toContain('Encrypted snapshots with EBS default key cannot be shared');
    expect(await made(sandbox, 'ModifyImageAttribute')).toBe(0);
  });

  it('with encryption by default under its own key is shared', async ({ project }) => {
    const letting = (account: string) => ({
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${account}:root` },
      Action: 'kms:*',
      Resource: '*',
    });
    const policy = { Statement: ['123456789012', otherAccount.id].map(letting) };
    const kmsKeys = [{ alias: 'alias/ours', policy }];
    await set(project, { encryptionByDefault: true, defaultKmsKey: 'alias/ours', kmsKeys });
    await share(project, [otherAccount.id]);
    const run = await publish(project, '--json');
    expect(run.exit, run.stderr).toBe(0);
    expect(resultOf(run)).toMatchObject({ shared: true });
  });

  it('with too few vCPUs is refused before the build, in AWS’s words', async ({ project }) => {
    const sandbox = await set(project, { quotas: { 'L-1216C47A': 1 } });
    const run = await publish(project, ...one);
    expect(run.exit).toBe(4);
    expect(run.stderr).toContain('VcpuLimitExceeded');
    expect(await made(sandbox, 'RunInstances')).toBe(0);
    expect((await stateOf(sandbox.clients)).leftovers).toEqual([]);
  });

  it('whose Allowed AMIs exclude the base image says so, not that it does not exist', async ({ project }) => {
    const criteria = [{ ImageProviders: ['137112412989'] }];
    await set(project, { region: 'us-east-1', allowedImages: { state: 'enabled', criteria } });
    const run = await project.run(['plan', 'test-ebs', '--sandbox']);
    expect(run.exit).toBe(4);
    expect(run.stderr).toContain('Allowed AMIs hides it from this account in us-east-1');
  });

  it('builds in an opt-in region once the account has opted in', async ({ project }) => {
    const region = 'af-south-1';
    await project.config('test-ebs', (config) => {
      config.regions = [region];
    });
    const off = await publish(project, ...one);
    expect(off.exit).toBe(4);
    expect(off.stderr).toContain(`this account has not opted in to ${region}`);
    const sandbox = await set(project, { region, optedIn: true });
    const on = await publish(project, ...one);
    expect(on.exit, on.stderr).toBe(0);
    expect((await stateOf(sandbox.clients, region)).amis).toHaveLength(1);
  });
});

describe.concurrent('the account that it is shared with', () => {
  it('sees the AMIs only once they are shared', async ({ project }) => {
    const sandbox = await project.sandbox();
    const { accessKeyId, secretAccessKey } = otherAccount;
    const environment = {
      ...sandbox.environment,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    };
    const friend = connect({ endpoint: 'sandbox:test', environment }).ec2('us-east-1');
    const seen = async () =>
      (await friend.send(new DescribeImagesCommand({ Owners: ['123456789012'] }))).Images?.length;
    const first = await publish(project);
    expect(first.exit, first.stderr).toBe(0);
    expect(await seen()).toBe(0);
    await share(project, [otherAccount.id]);
    const second = await publish(project);
    expect(second.exit, second.stderr).toBe(0);
    expect(await seen()).toBe(2);
    // AWS's rates are enforced, and a separate run keeps them.
    expect((await sandbox.calls()).filter(({ error }) => error?.startsWith('RequestLimit'))).toEqual([]);
  });
});

describe.concurrent('if EC2 shows new resources late', () => {
  it.for<[string, Partial<Consistency>]>([
    ['late', { hiddenReads: 2, kinds: ['image', 'instance', 'securityGroup'] }],
    ['now and again', { hiddenReads: 1, flaps: 2, kinds: ['image'] }],
  ])(
    '%s: there is one AMI for each target, whatever the result of Packer',
    async ([, consistency], { project }) => {
      const sandbox = await project.sandbox([], { consistency });
      const run = await publish(project, '--json');
      expect(run.exit, run.stderr).toBe(0);
      // Which lookup misses an AMI is random. If it is Packer's own last one, Packer deregisters that AMI and exits with 1.
      const deregistered = await calledBy(sandbox, 'DeregisterImage');
      expect(deregistered.ours).toBe(0);
      expect((await made(sandbox, 'CreateImage')) - deregistered.packers).toBe(2);
      const state = await stateOf(sandbox.clients);
      expect(state.amis.map(({ name }) => name)).toEqual([
        'gopackgo test-ebs 1.0.0 2204-hvm',
        'gopackgo test-ebs 1.0.0 2404-hvm',
      ]);
      for (const { tags } of state.amis) expect(tags).toHaveProperty(['gopackgo:recipe']);
      expect(state.leftovers).toEqual([]);
    },
  );

  it.for<[string, Consistency['kinds']]>([
    // Three lookups show only its snapshot, which EC2 says is in use.
    ['an AMI', ['image']],
    ['an AMI and its snapshot', ['image', 'snapshot']],
  ])(
    '%s missed in more than three lookups, also by Packer: it is still one, found by name and adopted',
    async ([, kinds], { project }) => {
      const sandbox = await project.sandbox([], { consistency: { flaps: 1, missesPerFlap: 8, kinds } });
      await leaveAmisUntagged(project);
      const run = await publish(project, ...one, '--json');
      expect(run.exit, run.stderr).toBe(0);
      expect(eventsOfType(run, 'adopted')).toHaveLength(1);
      expect(resultOf(run).targets).toMatchObject([{ status: 'verified' }]);
      expect(await made(sandbox, 'CreateImage')).toBe(1);
      const state = await stateOf(sandbox.clients);
      expect(state.amis).toHaveLength(1);
      expect(state.leftovers).toEqual([]);
    },
  );

  it('an AMI with tags from the start, missed with its snapshot in more than three lookups: it is still one, and it counts', async ({
    project,
  }) => {
    const kinds: Consistency['kinds'] = ['image', 'snapshot'];
    const sandbox = await project.sandbox([], { consistency: { flaps: 1, missesPerFlap: 8, kinds } });
    const run = await publish(project, ...one, '--json');
    expect(run.exit, run.stderr).toBe(0);
    // A second attempt may start while lookups miss it: its Packer finds the name taken, and makes nothing.
    expect(resultOf(run).targets).toMatchObject([{ status: 'verified' }]);
    expect(await made(sandbox, 'CreateImage')).toBe(1);
    const state = await stateOf(sandbox.clients);
    expect(state.amis).toMatchObject([{ snapshots: [expect.stringMatching(/^snap-/)] }]);
    expect(state.leftovers).toEqual([]);
  });

  it('Packer misses a snapshot when it tags: one AMI remains, and an AMI that Packer discards leaves nothing', async ({
    project,
  }) => {
    const { plugin = '0.0.0' } = await packerOfTests();
    // Up to 1.8.0 Packer deregisters its AMI again, from 1.8.1 on it asks once more (the amazon plugin's changelog).
    const asksAgain = semver.gte(plugin, '1.8.1');
    const missed = (on: string) => ({
      on,
      userAgent: packersAgent,
      input: 'snap-',
      does: { error: 'InvalidSnapshot.NotFound', message: "The snapshot 'snap-…' does not exist." },
    });
    const sandbox = await project.sandbox([missed('ec2:CreateTags'), missed('ec2:DeleteSnapshot')]);
    const run = await publish(project, ...one, '--json');
    expect(run.exit, run.stderr).toBe(0);
    expect(resultOf(run).targets).toMatchObject([{ status: 'verified', attempts: asksAgain ? 1 : 2 }]);
    expect(eventsOfType(run, 'removed').map(({ kind }) => kind)).toEqual(asksAgain ? [] : ['snapshot']);
    const state = await stateOf(sandbox.clients);
    expect(state.amis).toHaveLength(1);
    expect(state.leftovers).toEqual([]);
  });
});

describe.concurrent('real speed', () => {
  it('makes a run wait for an instance and for an AMI', async ({ project }) => {
    const sandbox = await project.sandbox([], { speed: { instanceStart: 2, instanceStop: 2, image: 7 } });
    const run = await publish(project, ...one);
    expect(run.exit, run.stderr).toBe(0);
    const { amis, leftovers } = await stateOf(sandbox.clients);
    expect(amis.map(({ state }) => state)).toEqual(['available']);
    expect(leftovers).toEqual([]);
  });

  it('is set by an option that is never used against AWS by accident', async ({ project }) => {
    const sandbox = await project.sandbox();
    const speed = async () =>
      (
        (await (await sandbox.ask('settings')).json()) as {
          speed: { image: number };
        }
      ).speed.image;
    expect(await speed()).toBe(0);
    // Refused without --yes, even in the sandbox.
    const refused = await project.run(['publish', 'test-ebs', '--sandbox-speed', 'real']);
    expect(refused.exit).toBe(4);
    expect(refused.stderr).toContain('sandbox');
    expect(await speed()).toBeGreaterThan(0);
    const wrong = await project.run(['publish', 'test-ebs', '--sandbox-speed', 'slow']);
    expect(wrong.exit).toBe(2);
  });
});

describe.concurrent('too many calls', () => {
  it('are throttled, and do not stop a release', async ({ project }) => {
    const sandbox = await project.sandbox([
      { on: 'ec2:DescribeImages', times: 3, does: { error: 'RequestLimitExceeded' } },
      { on: 'ec2:RunInstances', userAgent: packersAgent, times: 2, does: { error: 'RequestLimitExceeded' } },
    ]);
    const run = await publish(project, ...one);
    expect(run.exit, run.stderr).toBe(0);
    const throttled = (await sandbox.calls()).filter(({ status }) => status === 503);
    expect(throttled).toHaveLength(5);
  });
});

describe.concurrent('invalid settings', () => {
  it.for<[string, string]>([
    ['{"speed": "slow"}', 'wrong.json: speed: expected "quick", "real" or seconds by kind'],
    ['{"accounts": [{"regoin": "us-east-1"}]}', 'wrong.json: accounts[0].regoin: expected one of the keys'],
    ['{"accounts": [{"region": "us-east-9"}]}', 'found "us-east-9"'],
    ['{', 'wrong.json: line 1:2: expected a "}", found the end of the file'],
  ])('are refused with the place: %s', async ([text, why], { project }) => {
    await writeFile(project.path('wrong.json'), text);
    const run = await project.run(['sandbox', '--settings', 'wrong.json']);
    expect(run.exit).not.toBe(0);
    expect(run.stderr).toContain(why);
    expect(run.stderr).not.toContain('Please report this');
  });
});
