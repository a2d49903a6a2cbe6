import {
  DescribeImageAttributeCommand,
  DescribeSnapshotAttributeCommand,
  ModifyImageAttributeCommand,
  ModifySnapshotAttributeCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import {
  type AwsRequest,
  type AwsResponse,
  createWorld,
  type World as Sandbox,
  unblocked,
} from '../../sandbox/testing/index.ts';
import type { ReleasePlan } from '../../src/model/release-plan.ts';
import { stateOf } from '../e2e/state.ts';
import { isDryRun } from '../support/dry-run.ts';
import { plan as aPlan, clientsOf } from '../support/embedded.ts';
import { makeAmi, targetsOf } from '../support/held-builds.ts';
import { published, underTest } from '../support/publishing.ts';

const [here, there, far] = ['us-east-1', 'eu-west-1', 'sa-east-1'] as const;

/** One public image in these regions; those of `bestEffort` need not exist. */
const planFor = (regions: readonly string[], bestEffort: readonly string[] = []): ReleasePlan => ({
  ...aPlan,
  targets: targetsOf(regions, ['a']).map((one) => ({ ...one, required: !bestEffort.includes(one.region) })),
  sharing: { ...aPlan.sharing, public: true },
});

const open = () => createWorld({ behaviour: unblocked });

const changes = (sandbox: Sandbox, from = 0) =>
  sandbox.aws
    .calls()
    .slice(from)
    .filter((call) => /^(Modify|CreateImage)/.test(call.operation) && !isDryRun(call))
    .map(({ operation, region }) => `${operation} ${region}`);

/** AWS's answer to a call of this run, changed by `change`. */
const answering =
  (sandbox: Sandbox, change: (operation: string, body: string, region: string) => string) =>
  async (request: AwsRequest): Promise<AwsResponse | 'drop' | 'hang'> => {
    const answer = await sandbox.aws.handle(request);
    const operation = /^Action=(\w+)/.exec(request.body.toString())?.[1] ?? '';
    const region = request.hostname.split('.')[1] ?? '';
    if (typeof answer === 'string') return answer;
    return { ...answer, body: Buffer.from(change(operation, answer.body.toString(), region)) };
  };

const denied = (region: string) =>
  ({ on: 'ec2:*', region, times: 0, does: { error: 'UnauthorizedOperation', status: 403 } }) as const;

it('a selection says how many other targets are missing, and is shared only once there are none', async () => {
  const sandbox = open();
  const plan = planFor([here, there, far]);
  const first = plan.targets.filter(({ region }) => region === here).map(({ name }) => name);
  const planned = async (chosen: string[]) => {
    const { events } = await published(sandbox, plan, { chosen });
    return events.find(({ type }) => type === 'planned');
  };
  expect(await planned(first)).toMatchObject({ othersMissing: 2 });
  expect(changes(sandbox).filter((one) => one.startsWith('Modify'))).toEqual([]);
  const others = plan.targets.map(({ name }) => name).filter((name) => !first.includes(name));
  expect(await planned(others)).not.toHaveProperty('othersMissing');
  expect(changes(sandbox).filter((one) => one === `ModifyImageAttribute ${here}`)).toHaveLength(1);
});

describe('an AMI of another release under the same name, of the same recipe', () => {
  const only = { ...planFor([here]), sharing: aPlan.sharing };
  const others = {
    'another publication': {
      ...only,
      release: 'inner@1.0.0',
      publication: 'inner',
      missing: '{publication}',
    },
    'another version': { ...only, release: 'web@1.0.1-beta1', version: '1.0.1-beta1', missing: '{version}' },
  };

  it.each(Object.entries(others))('is never shared by that of %s', async (_, other) => {
    const sandbox = open();
    const [one] = only.targets;
    if (!one) throw new Error('no target');
    const ami = await makeAmi(sandbox, one, { 'gopackgo:release': other.release });
    const before = await stateOf(clientsOf(sandbox));
    const refused = await published(sandbox, planFor([here]));
    expect(refused).toMatchObject({ exit: 4, started: [] });
    expect(refused.refusal).toContain(
      `${ami} has the name "web 1.0.0 a" and belongs to ${other.release} ${one.name}`,
    );
    expect(refused.refusal).toContain(`put ${other.missing} into "amiName"`);
    expect(await stateOf(clientsOf(sandbox))).toEqual(before);
  });

  it.each([true, false])(
    'is neither made private nor accepted, even if any recipe counts: %s',
    async (acceptsAnyRecipe) => {
      const sandbox = open();
      expect(await published(sandbox, planFor([here]))).toMatchObject({ exit: 0 });
      const before = await stateOf(clientsOf(sandbox));
      const other = {
        ...others['another version'],
        targets: only.targets.map((one) => ({ ...one, acceptsAnyRecipe })),
      };
      const room = {
        replace: true,
        takeOver: true,
        recorded: async () => new Set<string>(),
        write: async () => undefined,
      };
      expect(await published(sandbox, other as ReleasePlan, { options: { room } })).toMatchObject({
        exit: 4,
        started: [],
      });
      expect(await stateOf(clientsOf(sandbox))).toEqual(before);
    },
  );
});

it('says what a copy with the tags of a target is, and what to do about it', async () => {
  const sandbox = open();
  const { targets } = planFor([here]);
  const [one] = targets;
  if (!one) throw new Error('no target');
  const ami = await makeAmi(sandbox, one);
  const copy = await makeAmi(sandbox, { ...one, amiName: 'my-backup' });
  const { exit, refusal } = await published(sandbox, planFor([here]));
  expect(exit).toBe(4);
  expect(refusal).toContain(`${copy} ("my-backup") beside ${ami}: more than one AMI has the tags`);
  expect(refusal).toContain('remove the tags that start with "gopackgo:"');
  expect(refusal).not.toContain('Raise "version"');
});

describe('a target', () => {
  it('is reported as verified before it is shared, once, and not again by a later run', async () => {
    const sandbox = open();
    const told = async () =>
      (await published(sandbox, planFor([here, there]))).events.flatMap((event) =>
        event.type === 'verified' || event.type === 'shared' ? [`${event.type} ${event.target}`] : [],
      );
    const first = await told();
    expect(first.slice(0, 2)).toEqual(['verified us-east-1-a', 'verified eu-west-1-a']);
    expect(first.slice(2).sort()).toEqual(['shared eu-west-1-a', 'shared us-east-1-a']);
    expect(await told()).toEqual([]);
  });

  it('is verified only once its snapshots are completed: until then, nothing is shared anywhere', async () => {
    const sandbox = open();
    let lookups = 0;
    let early: string[] = [];
    const handle = answering(sandbox, (operation, body, region) => {
      if (operation !== 'DescribeSnapshots' || region !== there || !body.includes('completed')) return body;
      if (lookups++ >= 4) return body;
      early = changes(sandbox).filter((call) => call.startsWith('Modify'));
      return body.replaceAll('<status>completed', '<status>pending');
    });
    const run = await published(sandbox, planFor([here, there]), { handle });
    expect([run.exit, lookups > 4, early]).toEqual([0, true, []]);
    expect(run.events).toContainEqual({
      type: 'waiting',
      target: 'eu-west-1-a',
      for: 'its snapshots to be completed',
    });
  });

  it('that is not verified keeps everything private, and every existing AMI has its id in the result', async () => {
    const sandbox = open();
    const ends = ({ region }: { region: string }) => (region === there ? 'provisioner' : 'made');
    const { exit, result } = await published(sandbox, planFor([here, there, far], [far]), { ends });
    expect(exit).toBe(1);
    expect(changes(sandbox)).toEqual([`CreateImage ${here}`, `CreateImage ${far}`]);
    const [first] = (await stateOf(clientsOf(sandbox), here)).amis;
    const [last] = (await stateOf(clientsOf(sandbox), far)).amis;
    expect(result?.targets).toMatchObject([
      { name: 'us-east-1-a', status: 'verified', ami: first?.id, snapshots: first?.snapshots },
      { name: 'eu-west-1-a', status: 'failed', error: { kind: 'provisioner' } },
      { name: 'sa-east-1-a', status: 'verified', ami: last?.id, bestEffort: true },
    ]);
  });
});

describe('after sharing', () => {
  const lagging = (sandbox: Sandbox, lookups: number) => {
    let late = 0;
    return answering(sandbox, (operation, body) => {
      if (operation !== 'DescribeImages' || !body.includes('<isPublic>true')) return body;
      return late++ < lookups ? body.replaceAll('<isPublic>true', '<isPublic>false') : body;
    });
  };

  it('the run waits for permissions that AWS shows late', async () => {
    const sandbox = open();
    const run = await published(sandbox, planFor([here]), { handle: lagging(sandbox, 8) });
    expect(run.result).toMatchObject({ exit: 0, shared: true, targets: [{ status: 'shared' }] });
    const waiting = { type: 'waiting', target: 'us-east-1-a', for: 'AWS to show its new permissions' };
    expect(run.events).toContainEqual(waiting);
    expect(changes(sandbox)).toHaveLength(3);
  });

  it('a permission that AWS accepted and never shows fails the run, which names it', async () => {
    const sandbox = open();
    const handle = lagging(sandbox, Number.POSITIVE_INFINITY);
    const { result } = await published(sandbox, planFor([here]), { handle });
    expect(result).toMatchObject({
      exit: 1,
      shared: false,
      targets: [
        {
          status: 'verified',
          error: {
            kind: 'sharing',
            message: expect.stringMatching(
              /^ami-\w+ could not be shared: .*5 minutes later still shows it as not shared with everybody$/,
            ),
          },
        },
      ],
    });
  });
});

describe('the permissions of AMIs that a run made', () => {
  const reads = (sandbox: Sandbox) =>
    sandbox.aws
      .calls()
      .filter(
        ({ operation, userAgent }) =>
          /^Describe\w+Attribute$/.test(operation) && userAgent.includes(underTest),
      )
      .map(({ operation }) => operation);

  it.each([true, false])('are looked up once (public: %s)', async (isPublic) => {
    const sandbox = open();
    const plan = planFor([here]);
    const run = await published(sandbox, { ...plan, sharing: { ...plan.sharing, public: isPublic } });
    expect(run.exit).toBe(0);
    expect(reads(sandbox).sort()).toEqual(['DescribeImageAttribute', 'DescribeSnapshotAttribute']);
  });

  it('are those of the plan, even if somebody else granted more before the AMIs were shared', async () => {
    const sandbox = open();
    const ec2 = sandbox.ec2({ region: here });
    const add = { Add: [{ UserId: '210987654321' }] };
    let isGiven = false;
    const run = await published(sandbox, planFor([here]), {
      async handle(request) {
        if (!isGiven && request.body.includes('Action=ModifySnapshotAttribute')) {
          isGiven = true;
          const [ami] = (await stateOf(clientsOf(sandbox), here)).amis;
          const [SnapshotId] = ami?.snapshots ?? [];
          await ec2.send(new ModifyImageAttributeCommand({ ImageId: ami?.id, LaunchPermission: add }));
          await ec2.send(new ModifySnapshotAttributeCommand({ SnapshotId, CreateVolumePermission: add }));
        }
        return sandbox.aws.handle(request);
      },
    });
    expect(run.result).toMatchObject({ exit: 0, shared: true, targets: [{ status: 'shared' }] });
    const [ami] = (await stateOf(clientsOf(sandbox), here)).amis;
    const [SnapshotId] = ami?.snapshots ?? [];
    const { LaunchPermissions } = await ec2.send(
      new DescribeImageAttributeCommand({ ImageId: ami?.id, Attribute: 'launchPermission' }),
    );
    const { CreateVolumePermissions } = await ec2.send(
      new DescribeSnapshotAttributeCommand({ SnapshotId, Attribute: 'createVolumePermission' }),
    );
    expect([isGiven, LaunchPermissions, CreateVolumePermissions]).toEqual([
      true,
      [{ Group: 'all' }],
      [{ Group: 'all' }],
    ]);
  });

  it('are unknown if they cannot be read back, and no target is reported as shared', async () => {
    const sandbox = open();
    sandbox.faults.add([{ ...denied(here), on: 'ec2:DescribeImageAttribute' }]);
    const { result } = await published(sandbox, planFor([here]));
    expect(result).toMatchObject({ exit: 1, shared: false, targets: [{ status: 'unknown' }] });
  });
});

describe('a best-effort region', () => {
  const plan = planFor([here, far], [far]);

  it('that does not answer is left out and not called again; the next run makes it and touches nothing else', async () => {
    const sandbox = open();
    sandbox.faults.add([denied(far)]);
    const run = await published(sandbox, plan);
    expect(run.result).toMatchObject({
      exit: 3,
      shared: true,
      targets: [
        { name: 'us-east-1-a', status: 'shared' },
        {
          name: 'sa-east-1-a',
          status: 'unknown',
          bestEffort: true,
          error: { kind: 'left out', message: expect.stringContaining('UnauthorizedOperation') },
        },
      ],
    });
    expect(run.started).toEqual(['us-east-1-a']);
    expect(run.events.find(({ type }) => type === 'planned')).toMatchObject({
      leftOut: [{ name: 'sa-east-1-a', region: far }],
    });
    sandbox.faults.clear();
    const before = sandbox.aws.calls().length;
    const again = await published(sandbox, plan);
    expect([again.exit, again.started]).toEqual([0, ['sa-east-1-a']]);
    expect(changes(sandbox, before)).toEqual(
      ['CreateImage', 'ModifySnapshotAttribute', 'ModifyImageAttribute'].map((call) => `${call} ${far}`),
    );
  });

  it('whose snapshot cannot be shared keeps its AMI private; the rest is public', async () => {
    const sandbox = open();
    sandbox.faults.add([{ ...denied(far), on: 'ec2:ModifySnapshotAttribute' }]);
    const { result } = await published(sandbox, plan);
    expect(result).toMatchObject({
      exit: 3,
      targets: [{ status: 'shared' }, { status: 'verified', error: { kind: 'sharing' } }],
    });
    expect(changes(sandbox)).not.toContain(`ModifyImageAttribute ${far}`);
  });

  it('that was not selected and is missing does not cause exit status 3', async () => {
    const sandbox = open();
    const run = await published(sandbox, plan, { chosen: ['us-east-1-a'] });
    expect(run.result).toMatchObject({ exit: 0, shared: true, targets: [{ name: 'us-east-1-a' }] });
  });
});

it('a region added to a published release is built, and nothing else', async () => {
  const sandbox = open();
  await published(sandbox, planFor([here]));
  const before = sandbox.aws.calls().length;
  const run = await published(sandbox, planFor([here, there]));
  expect([run.exit, run.started]).toEqual([0, ['eu-west-1-a']]);
  expect(changes(sandbox, before)).toEqual(
    ['CreateImage', 'ModifySnapshotAttribute', 'ModifyImageAttribute'].map((call) => `${call} ${there}`),
  );
});

it('a selection also shares unselected targets once every required one is verified, and says where that fails', async () => {
  const sandbox = open();
  const plan = planFor([here, there]);
  const first = await published(sandbox, plan, { chosen: ['us-east-1-a'] });
  expect(first.result).toMatchObject({ exit: 0, shared: false, targets: [{ status: 'verified' }] });
  // Allowed when it is checked beforehand, no longer when it is done.
  sandbox.faults.add([{ ...denied(here), on: 'ec2:ModifyImageAttribute', skip: 1 }]);
  const { result } = await published(sandbox, plan, { chosen: ['eu-west-1-a'] });
  expect(result).toMatchObject({
    exit: 1,
    targets: [
      { name: 'us-east-1-a', status: 'verified', error: { kind: 'sharing' } },
      { name: 'eu-west-1-a', status: 'shared' },
    ],
  });
});

it('if credentials expire during the builds, nothing is shared or lost, and the next run resumes', async () => {
  const sandbox = open();
  const plan = planFor([here, there]);
  const expired = {
    on: 'ec2:*',
    userAgent: 'run-under-test',
    times: 0,
    does: { error: 'ExpiredToken', status: 400 },
  };
  const run = await published(sandbox, plan, {
    ends(target) {
      if (target.region === there) sandbox.faults.add([expired]);
      return 'made';
    },
  });
  expect(run.exit).toBe(1);
  expect(run.result?.targets).toMatchObject(
    [here, there].map(() => ({
      status: 'unknown',
      error: { message: expect.stringContaining('ExpiredToken') },
    })),
  );
  sandbox.faults.clear();
  const again = await published(sandbox, plan);
  expect([again.exit, again.started]).toEqual([0, []]);
});

it('a failed lookup of leftovers keeps a release from being complete, and is named', async () => {
  const sandbox = open();
  const plan = planFor([here]);
  await published(sandbox, plan);
  sandbox.faults.add([{ ...denied(here), on: 'ec2:DescribeKeyPairs' }]);
  const { result } = await published(sandbox, plan);
  expect(result).toMatchObject({
    exit: 1,
    targets: [
      {
        status: 'shared',
        error: { kind: 'leftover', message: expect.stringContaining('ec2:DescribeKeyPairs') },
      },
    ],
  });
});
