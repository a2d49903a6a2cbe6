import {
  CreateKeyPairCommand,
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  RegisterImageCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { createWorld, type World as Sandbox } from '../../sandbox/testing/index.ts';
import { ActionableError } from '../../src/lib/actionable-error.ts';
import { stateOf } from '../e2e/state.ts';
import { cleanUp } from '../support/cleaning-up.ts';
import { clientsOf, region, startBuild, target } from '../support/embedded.ts';
import { everything, imageOf, release, snapshotsOf, tagged } from '../support/removal-world.ts';
import * as stored from '../support/stored.ts';

/** An AMI of the release, with its snapshot. */
async function madeImage(sandbox: Sandbox, image = 'plain') {
  const ami = await imageOf(sandbox, `web 1.0.0 ${image}`);
  const [snapshot = ''] = await snapshotsOf(sandbox, ami);
  const tags = { 'gopackgo:release': release, 'gopackgo:target': `${region}-${image}` };
  await tagged(sandbox, [ami, snapshot], tags);
  return { ami, snapshot };
}
const all = { olderThan: 0 };

describe('an AMI that is recorded while cleanup asks', () => {
  it('is kept', async () => {
    const sandbox = createWorld();
    const [one, other] = [await madeImage(sandbox, 'a'), await madeImage(sandbox, 'b')];
    const recorded = new Set<string>();
    const result = await cleanUp(sandbox, {
      asked: all,
      meanwhile: async () => recorded.add(one.ami),
      more: { recorded: async () => new Set(recorded) },
    });
    expect(result).toMatchObject({ exit: 1, removed: { amis: 1, snapshots: 1 } });
    expect(result.amis.find(({ ami }) => ami === one.ami)).toMatchObject({
      outcome: 'remains',
      why: 'it is kept now: an ids file lists it',
    });
    const left = await everything(sandbox);
    expect(left.join()).toContain(one.snapshot);
    expect(left.join()).not.toContain(other.ami);
  });

  it('is kept, with all others, if the records cannot be read again', async () => {
    const sandbox = createWorld();
    await madeImage(sandbox);
    const before = await everything(sandbox);
    const broken = new ActionableError('ids-file-invalid', 'ami_ids.json: line 1');
    let asked = false;
    const run = cleanUp(sandbox, {
      asked: all,
      meanwhile: async () => {
        asked = true;
      },
      more: { recorded: async () => (asked ? Promise.reject(broken) : new Set()) },
    });
    await expect(run).rejects.toBe(broken);
    expect(await everything(sandbox)).toEqual(before);
  });
});

describe('an AMI that somebody deregisters while cleanup asks', () => {
  const why = 'it was not touched: somebody else deregistered its AMI';

  it('is not counted as deleted, and its dependents are named', async () => {
    const sandbox = createWorld();
    const [one, other] = [await madeImage(sandbox, 'a'), await madeImage(sandbox, 'b')];
    const result = await cleanUp(sandbox, {
      asked: all,
      meanwhile: () => sandbox.ec2().send(new DeregisterImageCommand({ ImageId: one.ami })),
    });
    expect(result).toMatchObject({ exit: 1, removed: { amis: 1, snapshots: 1 } });
    expect(result.amis.find(({ ami }) => ami === one.ami)).toMatchObject({
      outcome: 'kept',
      why: 'somebody else deregistered it',
      parts: [{ kind: 'snapshot', id: one.snapshot, outcome: 'kept', why }],
    });
    const left = (await everything(sandbox)).join();
    expect(left).toContain(one.snapshot);
    expect(left).not.toContain(other.snapshot);
  });

  it('has no dependents to name if its snapshots are gone, too', async () => {
    const sandbox = createWorld();
    const { ami, snapshot } = await madeImage(sandbox);
    const result = await cleanUp(sandbox, {
      asked: all,
      async meanwhile() {
        await sandbox.ec2().send(new DeregisterImageCommand({ ImageId: ami }));
        await sandbox.ec2().send(new DeleteSnapshotCommand({ SnapshotId: snapshot }));
      },
    });
    expect(result.amis).toMatchObject([{ outcome: 'kept', parts: [] }]);
    expect(result.removed).toMatchObject({ amis: 0, snapshots: 0 });
  });
});

it('a snapshot that a killed cleanup left and that an AMI uses now is not counted as deleted', async () => {
  const sandbox = createWorld();
  const { ami, snapshot } = await madeImage(sandbox);
  await tagged(sandbox, [snapshot], { 'gopackgo:deregistered': ami });
  await sandbox.ec2().send(new DeregisterImageCommand({ ImageId: ami }));
  const image = {
    Name: 'restored',
    RootDeviceName: '/dev/sda1',
    BlockDeviceMappings: [{ DeviceName: '/dev/sda1', Ebs: { SnapshotId: snapshot } }],
  };
  const result = await cleanUp(sandbox, {
    asked: all,
    meanwhile: () => sandbox.ec2().send(new RegisterImageCommand(image)),
  });
  expect(result.removed).toMatchObject({ snapshots: 0, leftovers: 0 });
  expect(result.leftovers).toMatchObject([
    { kind: 'snapshot', id: snapshot, outcome: 'kept', why: 'it is gone, or in use again' },
  ]);
  expect((await everything(sandbox)).join()).toContain(snapshot);
});

describe('a publish that starts while cleanup asks', () => {
  const unused = async (sandbox: Sandbox) => {
    await stored.madeBucket(sandbox);
    const KeyName = `gopackgo-${release}-${target.name}`;
    await sandbox.ec2().send(new CreateKeyPairCommand({ KeyName }));
  };
  const outcomes = ({ leftovers }: Awaited<ReturnType<typeof cleanUp>>) =>
    leftovers.map(({ kind, outcome, why }) => [kind, outcome, why]);
  const inUse = 'it is gone, or in use again';

  it('keeps its bucket and its key pair by its lock', async () => {
    const sandbox = createWorld();
    await unused(sandbox);
    const locked = new Set<string>();
    const result = await cleanUp(sandbox, {
      asked: { leftovers: true },
      meanwhile: async () => locked.add(release),
      more: { locked: async () => new Set(locked) },
    });
    expect(outcomes(result)).toEqual([
      ['key pair', 'kept', inUse],
      ['bucket', 'kept', inUse],
    ]);
    expect(await everything(sandbox)).toEqual([expect.stringContaining(`bucket ${stored.bucket}`)]);
    expect((await stateOf(clientsOf(sandbox))).leftovers).toHaveLength(1);
  });

  it('keeps its bucket by its builder', async () => {
    const sandbox = createWorld();
    await stored.madeBucket(sandbox);
    const result = await cleanUp(sandbox, {
      asked: { leftovers: true },
      alive: [4711],
      meanwhile: () => startBuild(sandbox),
    });
    expect(outcomes(result)).toEqual([['bucket', 'kept', inUse]]);
  });
});
