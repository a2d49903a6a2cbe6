import { readFile } from 'node:fs/promises';
import { AuthorizeSecurityGroupIngressCommand, CreateSecurityGroupCommand } from '@aws-sdk/client-ec2';
import semver from 'semver';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventsOf, eventsOfType, resultOf } from './events.ts';
import { deniedToPacker, packersAgent, scriptEnds } from './faults.ts';
import { packerOfTests } from './packer.ts';
import { newProject, type Project, type RunningSandbox } from './project.ts';
import { stateOf } from './state.ts';

const [jammy, noble] = ['us-east-1-2204-hvm', 'us-east-1-2404-hvm'] as const;
const friend = '210987654321';

let project: Project;
beforeEach(async () => {
  project = await newProject();
});
afterEach(() => project.remove());

const publish = (...more: string[]) => project.run(['publish', 'test-ebs', '--sandbox', '--yes', ...more]);

const called = async (sandbox: RunningSandbox, operation: string) =>
  (await sandbox.calls()).filter((call) => call.operation === operation);

/** Line by line: a script's output arrives as Packer reads it. */
const stderr = 'Reading package lists...\nE: Unable to locate package made-up\n';

describe("if a target's script exits with 9", () => {
  it('the target is tried once, the other one is finished, nothing is shared, and the next run makes only what is missing', async () => {
    const sandbox = await project.sandbox([scriptEnds(noble, { exit: 9, stderr })]);
    await project.config('test-ebs', (config) => {
      config.share = { accounts: [friend] };
    });
    const run = await publish('--json');
    expect(run.exit, run.stderr).toBe(1);
    const [good, bad] = resultOf(run).targets;
    expect(good).toMatchObject({ name: jammy, status: 'verified', attempts: 1 });
    expect(bad).toMatchObject({
      name: noble,
      status: 'failed',
      attempts: 1,
      error: { kind: 'provisioner', lines: expect.arrayContaining(['E: Unable to locate package made-up']) },
    });
    const ended = eventsOfType(run, 'attempt-ended').filter(({ target }) => target === noble);
    expect(ended).toMatchObject([{ attempt: 1, exit: 1 }]);
    expect(ended[0]).not.toHaveProperty('retryIn');
    expect(resultOf(run)).toMatchObject({ shared: false, exit: 1 });
    expect((await sandbox.calls()).filter(({ operation }) => /^Modify/.test(operation))).toEqual([]);
    const between = await stateOf(sandbox.clients);
    expect(between.amis.map(({ id }) => id)).toEqual([good?.ami]);
    expect(between.leftovers).toEqual([]);

    const again = await publish('--json');
    expect(again.exit, again.stderr).toBe(0);
    expect(eventsOfType(again, 'attempt-started').map(({ target }) => target)).toEqual([noble]);
    expect(resultOf(again)).toMatchObject({
      shared: true,
      targets: [{ ami: good?.ami, attempts: 0 }, { attempts: 1 }],
    });
    expect((await stateOf(sandbox.clients)).amis).toHaveLength(2);
  });

  it('and Packer may not clean up, its leftovers are found, removed and reported, with the log to read and the next command', async () => {
    const twice = { times: 2 };
    const sandbox = await project.sandbox([
      scriptEnds(noble, { exit: 9, stderr }),
      deniedToPacker('ec2:TerminateInstances', twice),
      deniedToPacker('ec2:DeleteSecurityGroup', twice),
    ]);
    const run = await publish();
    expect(run.exit).toBe(1);
    const { amis, leftovers } = await stateOf(sandbox.clients);
    expect(leftovers).toEqual([]);
    expect(amis).toHaveLength(1);
    const lines = run.stderr.split('\n');
    const place = lines.findIndex((line) => line.startsWith(`✖ ${noble}  `));
    expect(lines[place]).toContain('non-zero exit status: 9');
    const shown = lines.slice(place + 1);
    const last = shown.indexOf('    E: Unable to locate package made-up');
    expect(shown[last - 1]).toBe('    Reading package lists...');
    const [, log = '', line = ''] = /^ {4}log (.+):(\d+)$/.exec(shown[last + 1] ?? '') ?? [];
    const text = await readFile(project.path(log), 'utf8');
    expect(text.split('\n')[Number(line) - 1]).toContain('E: Unable to locate package made-up');
    const removed = shown.find((text) => text.startsWith('  removed '));
    for (const { input } of await called(sandbox, 'TerminateInstances'))
      expect(removed).toContain((input.InstanceIds as string[]).join());
    expect(removed).toMatch(/ sg-[0-9a-f]+/);
    expect(shown.join('\n')).toMatch(/^ {2}next {6}fix what the log shows.*raise "version"/m);
    expect(shown.join('\n')).toContain(
      'gopackgo publish test-ebs --sandbox --yes   builds only what is missing',
    );
  });
});

describe('if EC2 does not find what the build has just made', () => {
  const notFound = (on: string, error: string) => ({ on, does: { error, message: 'not here', status: 400 } });
  const group = notFound('ec2:AuthorizeSecurityGroupIngress', 'InvalidGroup.NotFound');
  const kinds = (run: Awaited<ReturnType<typeof publish>>) =>
    eventsOfType(run, 'attempt-ended').map(({ error }) => error?.kind);

  it('the build is tried again, whether it is the security group or the key pair', async () => {
    const sandbox = await project.sandbox([group, notFound('ec2:RunInstances', 'InvalidKeyPair.NotFound')]);
    const run = await publish('--only', noble, '--json');
    expect(run.exit, run.stderr).toBe(0);
    expect(kinds(run)).toEqual(['transient', 'transient', undefined]);
    const { amis, leftovers } = await stateOf(sandbox.clients);
    expect(amis).toHaveLength(1);
    expect(leftovers).toEqual([]);
  });

  it('but the config names the security group, the build is not tried again', async () => {
    const { clients } = await project.sandbox([notFound('ec2:RunInstances', 'InvalidGroup.NotFound')]);
    const own = { GroupName: 'own', Description: 'of the config' };
    const { GroupId } = await clients.ec2('us-east-1').send(new CreateSecurityGroupCommand(own));
    const ssh = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
    const open = new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [ssh] });
    await clients.ec2('us-east-1').send(open);
    await project.config('test-ebs', (config) => {
      for (const { builder } of config.images as { builder: object }[])
        Object.assign(builder, { security_group_ids: [GroupId] });
    });
    const run = await publish('--only', noble, '--json');
    expect(run.exit, run.stderr).toBe(1);
    expect(kinds(run)).toEqual(['other']);
  });
});

describe('if EC2 has no capacity, or throttles', () => {
  /** As few tries of Packer's own SDK as can be configured, instead of eleven, which take a minute. */
  const noRoom = {
    on: 'ec2:RunInstances',
    does: { error: 'InsufficientInstanceCapacity', message: 'We do not have any.', status: 500 },
  };
  let callsAnAttempt: number;
  beforeAll(async () => {
    const { plugin = '0.0.0' } = await packerOfTests();
    // `max_retries: 1` is one retry for version 1 of Go's AWS SDK, and one call at all for version 2, which amazon-ebs uses since 1.8.0.
    callsAnAttempt = semver.gte(plugin, '1.8.0') ? 1 : 2;
  });
  beforeEach(async () => {
    await project.config('test-ebs', (config) => {
      for (const { builder } of config.images as { builder: object }[])
        Object.assign(builder, { max_retries: 1 });
    });
  });

  it('the build is tried again, which counts as an attempt, also if AWS terminates the instance for that reason', async () => {
    const reason = 'Server.InsufficientInstanceCapacity: We do not have any.';
    const sandbox = await project.sandbox([
      { ...noRoom, times: callsAnAttempt },
      { on: 'ec2:RunInstances', does: { becomes: 'failed', reason } },
    ]);
    const run = await publish('--only', noble, '--json');
    expect(run.exit, run.stderr).toBe(0);
    expect(eventsOfType(run, 'attempt-ended')).toMatchObject([
      { attempt: 1, error: { kind: 'transient' }, retryIn: expect.any(Number) },
      { attempt: 2, error: { kind: 'transient', message: expect.stringContaining(reason) } },
      { attempt: 3, exit: 0 },
    ]);
    expect(resultOf(run).targets).toMatchObject([{ status: 'verified', attempts: 3 }]);
    expect(resultOf(run).targets[0]).not.toHaveProperty('error');
    const { amis, leftovers } = await stateOf(sandbox.clients);
    expect(amis).toHaveLength(1);
    expect(leftovers).toEqual([]);
  });

  it('a build that EC2 throttles before anything is launched starts again without using up an attempt', async () => {
    const sandbox = await project.sandbox([
      {
        on: 'ec2:DescribeImages',
        userAgent: packersAgent,
        times: 2,
        does: { error: 'RequestLimitExceeded', status: 503 },
      },
    ]);
    const run = await publish('--only', noble, '--attempts', '1', '--json');
    expect(run.exit, run.stderr).toBe(0);
    expect(eventsOfType(run, 'attempt-ended').map(({ attempt }) => attempt)).toSatisfy((attempts: number[]) =>
      attempts.every((one) => one === 1),
    );
    expect(resultOf(run).targets).toMatchObject([{ status: 'verified' }]);
    expect((await stateOf(sandbox.clients)).leftovers).toEqual([]);
  });

  it('a failed build is not tried again with --attempts 1', async () => {
    const sandbox = await project.sandbox([{ ...noRoom, times: callsAnAttempt }]);
    const run = await publish('--only', noble, '--attempts', '1', '--json');
    expect(run.exit, run.stderr).toBe(1);
    expect(eventsOf(run).filter(({ type }) => type === 'attempt-started')).toHaveLength(1);
    expect(eventsOfType(run, 'attempt-ended')[0]).not.toHaveProperty('retryIn');
    expect(resultOf(run).targets).toMatchObject([
      { status: 'failed', attempts: 1, error: { kind: 'transient' } },
    ]);
    expect(await called(sandbox, 'RunInstances')).toHaveLength(callsAnAttempt);
    expect((await stateOf(sandbox.clients)).leftovers).toEqual([]);
  });
});
