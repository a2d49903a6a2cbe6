import { cpSync } from 'node:fs';
import { CopySnapshotCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { createWorld, type World as Sandbox, temporaryFolder } from '../../sandbox/testing/index.ts';
import type { ReleasePlan } from '../../src/model/release-plan.ts';
import { callsOf, copiedPlan, imagesIn, snapshotsIn, sourceRegion } from '../support/copied.ts';
import { makeAmi } from '../support/held-builds.ts';
import { published } from '../support/publishing.ts';

const region = 'eu-west-1';

/** A sandbox with the source of a plan, whose snapshots have not been copied yet. */
async function withSource(plan: ReleasePlan): Promise<Sandbox> {
  const sandbox = createWorld({ behaviour: { requestRates: 'off' } });
  for (const target of plan.targets.filter(({ copy }) => !copy)) await makeAmi(sandbox, target);
  return sandbox;
}

const copyOf = (sandbox: Sandbox, behaviour = {}): Sandbox => {
  const folder = temporaryFolder();
  cpSync(sandbox.folder, folder, { recursive: true });
  return createWorld({ folder, behaviour });
};

/** The operation of a request. */
const operationOf = ({ body }: { body: Buffer | Uint8Array }) =>
  /^Action=(\w+)&/.exec(Buffer.from(body).toString())?.[1] ?? '';

/**
 * A run that is killed right after so many calls that changed something in AWS: their answer is lost, too. What it does between two of
 * them does not change AWS.
 *
 * @returns the operations of the changes that it would have made.
 */
async function killedAfter(changes: number, sandbox: Sandbox, plan: ReleasePlan): Promise<string[]> {
  const made: string[] = [];
  await published(sandbox, plan, {
    async handle(request) {
      if (made.length >= changes) throw Object.assign(new Error('killed'), { name: 'Killed' });
      const answer = await sandbox.aws.handle(request);
      const operation = operationOf(request);
      if (!/^(Describe|Get|List)/.test(operation)) made.push(operation);
      if (made.length >= changes) throw Object.assign(new Error('killed'), { name: 'Killed' });
      return answer;
    },
  });
  return made;
}

/** Expects exactly the AMIs of the plan in the copies' region, and only their snapshots. */
async function whatIsThere(sandbox: Sandbox) {
  const images = await imagesIn(sandbox, region);
  const mapped = images.flatMap(({ BlockDeviceMappings = [] }) =>
    BlockDeviceMappings.flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []),
  );
  const snapshots = (await snapshotsIn(sandbox, region)).map(({ SnapshotId }) => SnapshotId ?? '');
  return {
    images: images.map(({ Name, State }) => `${Name} ${State}`).sort(),
    loose: snapshots.filter((id) => !mapped.includes(id)),
  };
}

/** The tags on the AMIs of both regions that say that their release is published. */
const marks = ['CreateTags', 'CreateTags'] as const;

describe('a run that is killed after each of its changes, and the next one', () => {
  it.each([
    ['that goes well', [], ['CopyImage', 'CopyImage', ...marks]],
    [
      'whose first copy AWS fails',
      [{ on: 'ec2:CopyImage', does: { becomes: 'failed' } }],
      [
        'CopyImage',
        'CopyImage',
        'CreateTags',
        'DeregisterImage',
        'DeleteSnapshot',
        'CopyImage',
        'CopyImage',
        ...marks,
      ],
    ],
  ] as const)('make one copy of each target: a run %s', async (_, faults, changes) => {
    const plan = copiedPlan([region], { images: ['a', 'b'] });
    const start = await withSource(plan);
    const prepared = () => {
      const sandbox = copyOf(start, { speed: { copy: 30 } });
      sandbox.faults.add([...faults]);
      return sandbox;
    };
    expect(await killedAfter(Number.POSITIVE_INFINITY, prepared(), plan)).toEqual(changes);
    for (const after of changes.keys()) {
      const sandbox = prepared();
      await killedAfter(after + 1, sandbox, plan);
      const { exit, result, refusal } = await published(sandbox, plan);
      expect(exit, `killed after change ${after + 1}: ${refusal ?? JSON.stringify(result)}`).toBe(0);
      expect(await whatIsThere(sandbox), `killed after change ${after + 1}`).toEqual({
        images: ['web 1.0.0 a available', 'web 1.0.0 b available'],
        loose: [],
      });
    }
  });
});

describe('two machines that publish at once', () => {
  it.each([
    ['with all that they see at once', {}],
    ['with copies that EC2 shows late', { consistency: { hiddenReads: 2, kinds: ['image', 'snapshot'] } }],
  ] as const)('make one copy of each target, %s', async (_, behaviour) => {
    const plan = copiedPlan([region, 'sa-east-1'], { images: ['a', 'b'] });
    const sandbox = copyOf(await withSource(plan), { speed: { copy: 30 }, ...behaviour });
    const [one, other] = await Promise.all([published(sandbox, plan), published(sandbox, plan)]);
    expect(
      [one.exit, other.exit],
      JSON.stringify([one, other].map((run) => run.result ?? run.refusal)),
    ).toEqual([0, 0]);
    expect(await whatIsThere(sandbox)).toEqual({
      images: ['web 1.0.0 a available', 'web 1.0.0 b available'],
      loose: [],
    });
  });

  it('make one copy in place of one that AWS failed', async () => {
    const plan = copiedPlan([region]);
    const sandbox = copyOf(await withSource(plan), { speed: { copy: 30 } });
    sandbox.faults.add([{ on: 'ec2:CopyImage', does: { becomes: 'failed' } }]);
    const both = await Promise.all([published(sandbox, plan), published(sandbox, plan)]);
    expect(both.map(({ exit }) => exit)).toEqual([0, 0]);
    expect(await whatIsThere(sandbox)).toEqual({ images: ['web 1.0.0 a available'], loose: [] });
  });
});

describe('the quota of snapshot copies', () => {
  it('is never exceeded, whoever else copies to the region, and no refusal is reported', async () => {
    const images = Array.from({ length: 30 }, (_, number) => `i${number}`);
    const plan = copiedPlan([region], { images });
    const sandbox = copyOf(await withSource(plan), { speed: { copy: 600 } });
    const [{ SnapshotId } = {}] = await snapshotsIn(sandbox, sourceRegion);
    const ec2 = sandbox.ec2({ region });
    const others = new CopySnapshotCommand({ SourceSnapshotId: SnapshotId, SourceRegion: sourceRegion });
    for (let copies = 0; copies < 15; copies++) await ec2.send(others);

    const done = await published(sandbox, plan);
    expect(done.exit, JSON.stringify(done.result?.targets.filter(({ error }) => error))).toBe(0);
    const copies = callsOf(sandbox, 'CopyImage');
    expect(copies).toHaveLength(30);
    expect(copies.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(done.events).toContainEqual({
      type: 'waiting',
      target: `${region}-i5`,
      for: `a free slot for its snapshots among the copies to ${region}`,
    });
  });

  it('is waited for if EC2 refuses a copy anyway', async () => {
    const plan = copiedPlan([region]);
    const sandbox = copyOf(await withSource(plan), { speed: { copy: 60 } });
    sandbox.faults.add([
      { on: 'ec2:CopyImage', times: 2, does: { error: 'ResourceLimitExceeded', status: 400 } },
    ]);
    const done = await published(sandbox, plan);
    expect(done.exit, JSON.stringify(done.result)).toBe(0);
    expect(done.result?.targets.find(({ name }) => name === `${region}-a`)?.attempts).toBe(1);
  });
});

it('a copy that takes longer than the config allows ends the run, and the next run waits for it again', async () => {
  const plan = copiedPlan([region]);
  const sandbox = copyOf(await withSource(plan), { speed: { copy: 2.5 * 3600 } });
  const short = { ...plan, timeouts: { copy: 2 * 3600 } };
  const first = await published(sandbox, short);
  expect(first.exit).toBe(1);
  expect(first.result?.targets).toContainEqual(
    expect.objectContaining({ name: `${region}-a`, status: 'pending' }),
  );
  const next = await published(sandbox, short);
  expect(next.exit, JSON.stringify(next.result)).toBe(0);
  expect(callsOf(sandbox, 'CopyImage')).toHaveLength(1);
});
