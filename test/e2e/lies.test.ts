import {
  CreateImageCommand,
  DeregisterImageCommand,
  DescribeSnapshotsCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventsOf, eventsOfType, resultOf } from './events.ts';
import { deniedToPacker, packersAgent, scriptEnds } from './faults.ts';
import { leaveAmisUntagged } from './packer.ts';
import { newProject, type Project, type RunningSandbox, until } from './project.ts';
import { stateOf } from './state.ts';

const [jammy, noble] = ['us-east-1-2204-hvm', 'us-east-1-2404-hvm'] as const;
const nobleAmi = 'gopackgo test-ebs 1.0.0 2404-hvm';

let project: Project;
beforeEach(async () => {
  project = await newProject();
});
afterEach(() => project.remove());

const publish = (...more: string[]) =>
  project.run(['publish', 'test-ebs', '--sandbox', '--yes', '--json', ...more]);

const called = async (sandbox: RunningSandbox, operation: string) =>
  (await sandbox.calls()).filter((call) => call.operation === operation);

describe('if Packer says that it succeeded', () => {
  it('but left an instance, which keeps a security group, both are removed and reported', async () => {
    const sandbox = await project.sandbox([deniedToPacker('ec2:TerminateInstances')]);
    const run = await publish('--only', noble);
    expect(run.exit, run.stderr).toBe(0);
    expect(eventsOfType(run, 'attempt-ended')).toMatchObject([{ target: noble, exit: 0 }]);
    const [denied] = await called(sandbox, 'TerminateInstances');
    expect(denied).toMatchObject({ status: 403 });
    expect(eventsOfType(run, 'removed').map(({ kind, id }) => [kind, id])).toEqual([
      ['instance', expect.toBeOneOf(denied?.input.InstanceIds as string[])],
      ['security group', expect.stringMatching(/^sg-/)],
    ]);
    const state = await stateOf(sandbox.clients);
    expect(state.amis).toMatchObject([{ name: nobleAmi, state: 'available' }]);
    expect(state.leftovers).toEqual([]);
  });

  it('but has deregistered the AMI again, the build failed and is not tried again, and the other target is finished', async () => {
    const sandbox = await project.sandbox();
    await project.config('test-ebs', (config) => {
      const [image] = config.images as { builder: object }[];
      config.images = ['2204', '2404'].map((ubuntu) => ({
        ...image,
        matrix: { ubuntu: [ubuntu], virtualization: ['hvm'] },
        builder: {
          ...image?.builder,
          ...(ubuntu === '2204' ? { ami_description: '{{if .Nope}}x{{end}}' } : {}),
        },
      }));
    });
    const run = await publish();
    expect(run.exit, run.stderr).toBe(1);
    expect(eventsOfType(run, 'attempt-ended').map(({ target, exit }) => [target, exit])).toEqual(
      expect.arrayContaining([
        [jammy, 0],
        [noble, 0],
      ]),
    );
    expect(await called(sandbox, 'DeregisterImage')).toMatchObject([{ status: 200 }]);
    const [first, second] = resultOf(run).targets;
    expect(first).toMatchObject({
      name: jammy,
      status: 'failed',
      attempts: 1,
      error: { message: expect.stringMatching(/Packer reported success.* AWS has no such AMI/) },
    });
    expect(first).not.toHaveProperty('ami');
    expect(second).toMatchObject({ name: noble, status: 'verified', attempts: 1 });
    const state = await stateOf(sandbox.clients);
    expect(state.amis.map(({ id, name }) => [id, name])).toEqual([[second?.ami, nobleAmi]]);
    expect(state.leftovers).toEqual([]);
  });
});

describe('if Packer says that it failed', () => {
  it('but made a good AMI without tags, that is adopted, not built again', async () => {
    // The base image, the wait for the AMI, then the lookup before Packer tags it.
    const unseen = deniedToPacker('ec2:DescribeImages', { input: '"ImageIds":', skip: 2 });
    const sandbox = await project.sandbox([unseen]);
    await leaveAmisUntagged(project);
    const run = await publish('--only', noble);
    expect(run.exit, run.stderr).toBe(0);
    expect(eventsOfType(run, 'attempt-ended')).toMatchObject([{ target: noble, exit: 1 }]);
    const { amis, leftovers } = await stateOf(sandbox.clients);
    expect(amis).toHaveLength(1);
    expect(leftovers).toEqual([]);
    expect(eventsOfType(run, 'adopted')).toMatchObject([{ target: noble, ami: amis[0]?.id }]);
    const tags = {
      'gopackgo:release': 'test-ebs@1.0.0',
      'gopackgo:target': noble,
      'gopackgo:recipe': expect.stringMatching(/^sha256:/),
      'gopackgo:base': expect.stringMatching(/^099720109477\//),
    };
    expect(amis[0]?.tags).toEqual(tags);
    const snapshots = await sandbox.clients
      .ec2('us-east-1')
      .send(new DescribeSnapshotsCommand({ SnapshotIds: amis[0]?.snapshots ?? [] }));
    const snapshotTags = snapshots.Snapshots?.[0]?.Tags ?? [];
    expect(Object.fromEntries(snapshotTags.map(({ Key = '', Value }) => [Key, Value]))).toEqual(tags);
    expect(resultOf(run).targets).toMatchObject([{ ami: amis[0]?.id, status: 'verified', attempts: 1 }]);
    expect(await called(sandbox, 'CreateImage')).toHaveLength(1);
  });

  const failedAmi = (reason: string) => ({
    on: 'ec2:CreateImage',
    input: nobleAmi,
    does: { becomes: 'failed' as const, reason },
  });

  it("and left a failed AMI with our name, AWS' reason is shown, the AMI is removed with its snapshot, and the next run makes a good one", async () => {
    const sandbox = await project.sandbox([failedAmi('made up')]);
    const run = await publish('--attempts', '1');
    expect(run.exit, run.stderr).toBe(1);
    const [good, bad] = resultOf(run).targets;
    const failed = expect.stringContaining('Server.InternalError: made up');
    expect(bad).toMatchObject({
      name: noble,
      status: 'failed',
      attempts: 1,
      error: { kind: 'transient', message: failed },
    });
    const [ended] = eventsOfType(run, 'attempt-ended').filter(({ target }) => target === noble);
    expect(ended).toMatchObject({ exit: 1, error: { kind: 'transient', message: failed } });
    expect(run.stdout).not.toMatch(/0x[0-9a-f]{6}/);
    expect(eventsOfType(run, 'removed').map(({ target, kind }) => [target, kind])).toEqual([
      [noble, 'AMI'],
      [noble, 'snapshot'],
    ]);
    const between = await stateOf(sandbox.clients);
    expect(between.amis).toMatchObject([{ id: good?.ami, state: 'available' }]);
    expect(between.leftovers).toEqual([]);

    const again = await publish();
    expect(again.exit, again.stderr).toBe(0);
    const after = await stateOf(sandbox.clients);
    expect(after.amis).toMatchObject([
      { id: good?.ami, state: 'available' },
      { name: nobleAmi, state: 'available' },
    ]);
    expect(after.leftovers).toEqual([]);
    expect(await called(sandbox, 'CreateImage')).toHaveLength(3);
  });

  it('and AWS made no AMI because of an internal error, the failed AMI is removed and built again', async () => {
    const sandbox = await project.sandbox([failedAmi('made up')]);
    const run = await publish('--only', noble);
    expect(run.exit, run.stderr).toBe(0);
    expect(eventsOfType(run, 'attempt-ended').map(({ exit, error }) => [exit, error?.kind])).toEqual([
      [1, 'transient'],
      [0, undefined],
    ]);
    expect(resultOf(run).targets).toMatchObject([{ status: 'verified', attempts: 2 }]);
    const { amis, leftovers } = await stateOf(sandbox.clients);
    expect(amis).toMatchObject([{ name: nobleAmi, state: 'available' }]);
    expect(leftovers).toEqual([]);
  });

  it("and AWS terminated the builder, AWS's reason is shown", async () => {
    await project.sandbox([
      { on: 'ec2:RunInstances', does: { becomes: 'failed', reason: 'no room for it' } },
    ]);
    const run = await publish('--only', noble, '--attempts', '1');
    expect(run.exit, run.stderr).toBe(1);
    expect(resultOf(run).targets).toMatchObject([
      {
        status: 'failed',
        error: {
          kind: 'transient',
          message: expect.stringMatching(
            /AWS.s reason for instance i-[0-9a-f]{17} \(terminated\): Server\.InternalError: no room for it/,
          ),
        },
      },
    ]);
  });
});

describe('if Packer waits for an AMI', () => {
  it('that somebody deregisters, it is stopped, with the reason, long before Packer 1.6.6 would give up', async () => {
    const sandbox = await project.sandbox([], { speed: { image: 100_000 } });
    const running = project.start([
      'publish',
      'test-ebs',
      '--sandbox',
      '--yes',
      '--json',
      '--only',
      noble,
      '--attempts',
      '1',
    ]);
    let ami = '';
    await until('the AMI to be seen by gopackgo', async () => {
      ami = (await stateOf(sandbox.clients)).amis[0]?.id ?? 'none yet';
      return (await called(sandbox, 'DescribeImages')).some(
        ({ userAgent, input }) => !userAgent.includes(packersAgent) && JSON.stringify(input).includes(ami),
      );
    });
    await sandbox.clients.ec2('us-east-1').send(new DeregisterImageCommand({ ImageId: ami }));
    const run = await running.ended;
    expect(run.exit, run.stderr).toBe(1);
    expect(resultOf(run).targets).toMatchObject([
      {
        status: 'failed',
        attempts: 1,
        error: {
          message: expect.stringMatching(
            `^${ami} was deregistered by somebody else while Packer waited for it|InvalidAMIID.NotFound.*${ami}`,
          ),
        },
      },
    ]);
    expect(await stateOf(sandbox.clients)).toEqual({ amis: [], leftovers: [] });
  });
});

describe("if a script prints what looks like Packer's own output", () => {
  it('and names an AMI of somebody else in this account, that AMI is neither mistaken for ours nor touched', async () => {
    const sandbox = await project.sandbox();
    const strange = await unrelatedAmi(sandbox);
    const [before] = (await stateOf(sandbox.clients)).amis;
    const printed = [
      `Creating AMI ${nobleAmi} from instance i-0123456789abcdef0`,
      `AMI: ${strange}`,
      "Build 'amazon-ebs.us-east-1-2404-hvm' finished after 1 second.",
      `--> amazon-ebs.${noble}: AMIs were created:`,
      `us-east-1: ${strange}`,
      '',
    ].join('\n');
    const output = { stdout: printed, stderr: printed };
    await sandbox.addFaults([
      scriptEnds(noble, { exit: 9, ...output }),
      scriptEnds(noble, { exit: 0, ...output }),
    ]);
    const failed = await publish('--only', noble);
    expect(failed.exit, failed.stderr).toBe(1);
    expect(resultOf(failed).targets[0]).not.toHaveProperty('ami');
    const asked = (await called(sandbox, 'DescribeImages')).map(({ input }) => JSON.stringify(input));
    expect(asked.join('\n'), 'the log was read, and AWS asked').toContain(strange);
    const run = await publish('--only', noble);
    expect(run.exit, run.stderr).toBe(0);
    expect([...eventsOf(failed), ...eventsOf(run)].map(({ type }) => type)).not.toContain('adopted');
    const { amis, leftovers } = await stateOf(sandbox.clients);
    expect(amis).toEqual([
      expect.objectContaining({ id: resultOf(run).targets[0]?.ami, name: nobleAmi }),
      before,
    ]);
    expect(before).toMatchObject({ id: strange, tags: {} });
    expect(leftovers).toEqual([]);
  });
});

/** Made by hand, with the tests' own client. */
async function unrelatedAmi({ clients }: RunningSandbox): Promise<string> {
  const ec2 = clients.ec2('us-east-1');
  const plan = await project.run(['plan', 'test-ebs', '--sandbox', '--json']);
  const { targets } = JSON.parse(plan.stdout);
  const launch = { ImageId: targets[0].base.id, InstanceType: 'm5.large', MinCount: 1, MaxCount: 1 } as const;
  const { Instances = [] } = await ec2.send(new RunInstancesCommand(launch));
  const InstanceId = Instances[0]?.InstanceId ?? '';
  const { ImageId = '' } = await ec2.send(new CreateImageCommand({ InstanceId, Name: 'unrelated' }));
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
  return ImageId;
}
