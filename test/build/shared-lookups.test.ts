import { describe, expect, it } from 'vitest';
import { createWorld, type World as Sandbox } from '../../sandbox/testing/index.ts';
import { sharedLookups } from '../../src/build/shared-lookups.ts';
import { clientsOf, plan, worldOn } from '../support/embedded.ts';
import { makeAmi, targetsOf } from '../support/held-builds.ts';

const all = targetsOf(['us-east-1'], ['a', 'b', 'c', 'd', 'e', 'f']);
const [a, b] = all as [(typeof all)[0], (typeof all)[0]];

/** Lookups in a sandbox whose answers to DescribeInstances can be held back, and whose clock does not advance. */
function lookupsOn(sandbox: Sandbox) {
  let gate = Promise.resolve();
  let began = () => {};
  const clients = clientsOf(sandbox, undefined, {
    async handle(request) {
      if (!request.body.toString().includes('Action=DescribeInstances')) return sandbox.aws.handle(request);
      // AWS answers with the state at the time when the request arrives.
      const answer = sandbox.aws.handle(request);
      began();
      await gate;
      return answer;
    },
  });
  const world = worldOn(sandbox, { clients });
  const sleeping: number[] = [];
  const clock = {
    ...world.clock,
    sleep: (milliseconds: number, until?: AbortSignal) => {
      if (milliseconds < 10_000) return world.clock.sleep(milliseconds);
      sleeping.push(milliseconds);
      return new Promise<void>((resolve) =>
        until?.addEventListener('abort', () => resolve(), { once: true }),
      );
    },
  };
  return {
    lookups: sharedLookups({ ...plan, targets: all }, { ...world, clock, lag: 0 }),
    sleeping,
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return { release: resolve, began: new Promise<void>((call) => (began = call)) };
    },
  };
}

const calls = (sandbox: Sandbox, operation: string) =>
  sandbox.aws.calls().filter((call) => call.operation === operation).length;

describe('targets of a region that need a lookup at the same moment', () => {
  it.each([1, 6])('are looked up by one call of each kind, for %i targets', async (number) => {
    const sandbox = createWorld();
    const { lookups } = lookupsOn(sandbox);
    await Promise.all(all.slice(0, number).map((target) => lookups.look(target, 'now')));
    for (const operation of [
      'DescribeInstances',
      'DescribeKeyPairs',
      'DescribeVolumes',
      'DescribeSecurityGroups',
    ])
      expect([operation, calls(sandbox, operation)]).toEqual([operation, 1]);
    expect(calls(sandbox, 'DescribeImages')).toBe(3);
  });

  it('all get the error of a call that fails', async () => {
    const sandbox = createWorld();
    sandbox.faults.add([{ on: 'ec2:DescribeInstances', times: 0, does: { error: 'UnauthorizedOperation' } }]);
    const { lookups } = lookupsOn(sandbox);
    const seen = await Promise.all(all.map((target) => lookups.look(target, 'now')));
    expect(seen.map(({ target }) => target.name)).toEqual(all.map(({ name }) => name));
    for (const { builders } of seen)
      expect(builders).toMatchObject({ ok: false, error: { code: 'UnauthorizedOperation' } });
  });
});

describe('a target that needs a lookup while one is in progress', () => {
  it('never gets the answer of a request that was sent before', async () => {
    const sandbox = createWorld();
    const { lookups, hold } = lookupsOn(sandbox);
    const { release, began } = hold();
    const first = lookups.look(a, 'now');
    await began;
    await makeAmi(sandbox, a);
    const [second, joined] = [lookups.look(a, 'now'), lookups.look(b, 'now')];
    release();
    expect((await second).images).toMatchObject({ ok: true, value: [{ ami: { name: a.amiName } }] });
    expect((await joined).target.name).toBe(b.name);
    await first;
    expect(calls(sandbox, 'DescribeInstances')).toBe(2);
  });
});

describe('a target whose build succeeded', () => {
  it('waits for the other builds of its region, and is looked up with them', async () => {
    const sandbox = createWorld();
    const { lookups, sleeping } = lookupsOn(sandbox);
    const { promise: others, resolve: end } = Promise.withResolvers<void>();
    const building = lookups.building(b, () => others);
    let seen = false;
    const early = lookups.look(a, 'later').then(() => (seen = true));
    for (let turns = 0; turns < 200; turns++) await new Promise((resolve) => setImmediate(resolve));
    expect([seen, calls(sandbox, 'DescribeInstances'), sleeping]).toEqual([false, 0, [60_000]]);
    end();
    await building;
    await Promise.all([early, lookups.look(b, 'later')]);
    expect(calls(sandbox, 'DescribeInstances')).toBe(1);
  });

  it('is looked up together with a target that cannot wait', async () => {
    const sandbox = createWorld();
    const { lookups } = lookupsOn(sandbox);
    void lookups.building(b, () => new Promise(() => undefined));
    await Promise.all([lookups.look(a, 'later'), lookups.look(b, 'now')]);
    expect(calls(sandbox, 'DescribeInstances')).toBe(1);
  });
});
