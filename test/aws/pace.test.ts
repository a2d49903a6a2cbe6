import { ModifyImageAttributeCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { createWorld, makeImage, type World as Sandbox } from '../../sandbox/testing/index.ts';
import { changeLaunchPermission } from '../../src/aws/images.ts';
import { createPace } from '../../src/aws/pace.ts';
import { changeCreateVolumePermission } from '../../src/aws/snapshots.ts';
import type { Clock } from '../../src/lib/clock.ts';
import { clientsOf } from '../support/embedded.ts';
import { virtualTime } from './virtual-time.ts';

/** A clock that advances only on request, and how long each turn waited. */
function stillClock(): Clock & { waits: number[]; pass(milliseconds: number): void } {
  let now = 0;
  const waits: number[] = [];
  return {
    waits,
    now: () => now,
    async sleep(milliseconds) {
      waits.push(milliseconds);
    },
    pass(milliseconds) {
      now += milliseconds;
    },
  };
}

async function take(pace: ReturnType<typeof createPace>, times: number, region: string, action: string) {
  for (let count = 0; count < times; count++) await pace.acquire(region, action);
}

describe('turns', () => {
  it.each([
    ['ModifyImageAttribute', 95, 200],
    ['ModifySnapshotAttribute', 95, 200],
    ['CreateTags', 95, 100],
    ['DescribeImageAttribute', 95, 50],
    ['TerminateInstances', 45, 200],
  ])('of %s: %i at once, then one every %i ms', async (action, atOnce, every) => {
    const clock = stillClock();
    const pace = createPace(clock);
    await take(pace, atOnce, 'us-east-1', action);
    expect(clock.waits).toEqual([]);
    await take(pace, 3, 'us-east-1', action);
    expect(clock.waits).toEqual([every, 2 * every, 3 * every]);
  });

  it('come back as time passes, but never more than at the start', async () => {
    const clock = stillClock();
    const pace = createPace(clock);
    await take(pace, 95, 'us-east-1', 'ModifyImageAttribute');
    clock.pass(1_000);
    await take(pace, 5, 'us-east-1', 'ModifyImageAttribute');
    expect(clock.waits).toEqual([]);
    clock.pass(3_600_000);
    await take(pace, 96, 'us-east-1', 'ModifyImageAttribute');
    expect(clock.waits).toEqual([200]);
  });

  it('of one region or action do not use up those of another', async () => {
    const clock = stillClock();
    const pace = createPace(clock);
    await take(pace, 95, 'us-east-1', 'ModifyImageAttribute');
    await pace.acquire('eu-west-1', 'ModifyImageAttribute');
    await pace.acquire('us-east-1', 'ModifySnapshotAttribute');
    expect(clock.waits).toEqual([]);
  });

  it('are used up for now if EC2 refused one, since somebody else uses the same bucket', async () => {
    const clock = stillClock();
    const pace = createPace(clock);
    await pace.acquire('us-east-1', 'ModifyImageAttribute');
    pace.refused('us-east-1', 'ModifyImageAttribute');
    await pace.acquire('us-east-1', 'ModifyImageAttribute');
    expect(clock.waits).toEqual([200]);
  });
});

/** The sandbox enforces AWS's rates, by the same clock as the clients. */
describe('calls in one region under the rates of EC2', () => {
  const change = {
    add: { public: false, accounts: ['210987654321'], others: [] },
    remove: { public: false, accounts: [], others: [] },
  };

  async function prepare() {
    const time = virtualTime();
    const sandbox = createWorld({ now: () => new Date(time.now()) });
    const made = await makeImage(sandbox, 'shared again and again');
    return { time, sandbox, clients: clientsOf(sandbox, createPace(time)), ...made };
  }

  const refusals = (sandbox: Sandbox) =>
    sandbox.aws.calls().filter(({ error }) => error?.startsWith('RequestLimitExceeded')).length;

  it.each(['snapshot', 'AMI'])(
    '304 of one %s take as long as the bucket needs to refill, and none is refused',
    async (what) => {
      const { time, sandbox, clients, id, snapshot } = await prepare();
      const start = time.now();
      let left = 304;
      const worker = async () => {
        while (left-- > 0) {
          const answer =
            what === 'AMI'
              ? await changeLaunchPermission(clients, 'us-east-1', id, change)
              : await changeCreateVolumePermission(clients, 'us-east-1', snapshot, change);
          expect(answer.ok).toBe(true);
        }
      };
      await time.run(Array.from({ length: 8 }, () => worker));
      expect(refusals(sandbox)).toBe(0);
      const seconds = (time.now() - start) / 1000;
      const bound = (304 - 100) / 5;
      expect(seconds).toBeGreaterThanOrEqual(bound);
      expect(seconds).toBeLessThan(bound * 1.05);
    },
  );

  it('all succeed if somebody else has emptied the bucket', async () => {
    const { time, sandbox, clients, id } = await prepare();
    const drain = new ModifyImageAttributeCommand({ ImageId: id, Description: { Value: 'by another tool' } });
    for (let count = 0; count < 98; count++) await sandbox.ec2().send(drain);
    const failed: unknown[] = [];
    const one = async () => {
      const answer = await changeLaunchPermission(clients, 'us-east-1', id, change);
      if (!answer.ok) failed.push(answer.error);
    };
    await time.run([one, one, one, one]);
    expect(failed).toEqual([]);
    expect(refusals(sandbox)).toBeGreaterThan(0);
  });
});
