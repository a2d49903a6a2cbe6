import { describe, expect, it } from 'vitest';
import { createWorld } from '../../sandbox/testing/index.ts';
import { type BuildLimits, ensureBuilt } from '../../src/build/build.ts';
import type { ReleasePlan, Target } from '../../src/model/release-plan.ts';
import { verify } from '../../src/observe/verify.ts';
import { plan, worldOn } from '../support/embedded.ts';
import { heldBuilds, targetsOf } from '../support/held-builds.ts';

/** Builds these targets, with Packer processes that the test controls. */
async function building(targets: Target[], limits: Partial<BuildLimits>, took?: ReadonlyMap<string, number>) {
  const sandbox = createWorld();
  const builds = heldBuilds(sandbox, undefined, took);
  const stopping = new AbortController();
  const world = {
    ...worldOn(sandbox),
    builds,
    clock: { now: Date.now, sleep: () => turn() },
    stop: stopping.signal,
  };
  const all: ReleasePlan = { ...plan, targets };
  const before = { verdicts: await verify(all, targets, world, 'one look'), at: world.clock.now() };
  const done = ensureBuilt(
    all,
    targets,
    { parallel: 8, parallelPerRegion: 4, attempts: 1, ...limits },
    world,
    before,
  );
  return { sandbox, builds, world, stopping, done };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Lets everything that can continue do so, until this is true. */
async function until(check: () => boolean): Promise<void> {
  for (let turns = 0; turns < 20_000; turns++) {
    if (check()) return;
    await turn();
  }
  throw new Error(`it did not come: ${check}`);
}

/** Long enough for whatever may start to start. */
async function aWhile(): Promise<void> {
  for (let turns = 0; turns < 2_000; turns++) await turn();
}

const statuses = (outcomes: { status: { is: string } }[]) => outcomes.map(({ status }) => status.is);

describe('concurrent builds', () => {
  it('of a region that never end do not delay other regions', async () => {
    const [slow, quick] = [
      targetsOf(['us-east-1'], ['a', 'b', 'c', 'd']),
      targetsOf(['eu-west-1'], ['a', 'b', 'c']),
    ];
    const { builds, done } = await building([...slow, ...quick], { parallel: 3, parallelPerRegion: 2 });
    for (const { name } of quick) {
      await until(() => builds.running().includes(name));
      expect(builds.running().filter((one) => one.startsWith('us-east-1'))).toEqual([
        'us-east-1-a',
        'us-east-1-b',
      ]);
      await builds.succeed(name);
    }
    for (const { name } of slow) {
      await until(() => builds.running().includes(name));
      await builds.succeed(name);
    }
    expect(statuses(await done)).toEqual(Array(7).fill('built'));
    expect(builds.most).toEqual({ overall: 3, inOneRegion: 2 });
  });

  it.each([
    { parallel: 5, parallelPerRegion: 2, most: { overall: 5, inOneRegion: 2 } },
    { parallel: 4, parallelPerRegion: 4, most: { overall: 4, inOneRegion: 4 } },
    { parallel: 100, parallelPerRegion: 3, most: { overall: 9, inOneRegion: 3 } },
  ])('are as many as the limits allow, and no more: %o', async ({ most, ...limits }) => {
    const targets = targetsOf(['us-east-1', 'eu-west-1', 'sa-east-1'], ['a', 'b', 'c', 'd', 'e']);
    const { builds, done } = await building(targets, limits);
    await until(() => builds.running().length === most.overall);
    for (let ended = 0; ended < targets.length; ended++) {
      await until(() => builds.running().length > 0);
      builds.fail(builds.running()[ended % builds.running().length] ?? '', 'provisioner');
    }
    expect(await done).toHaveLength(targets.length);
    expect(builds.most).toEqual(most);
  });

  const took = new Map([
    ['us-east-1-a', 60],
    ['us-east-1-b', 600],
    ['eu-west-1-b', 90],
  ]);

  it('start with targets never built before, then with those that took longest', async () => {
    const targets = targetsOf(['us-east-1', 'eu-west-1'], ['a', 'b']);
    const { builds, done } = await building(targets, { parallel: 2 }, took);
    for (let ended = 0; ended < targets.length; ended++) {
      await until(() => builds.running().length === Math.min(2, targets.length - ended));
      await builds.succeed(builds.running()[0] ?? '');
    }
    expect(statuses(await done)).toEqual(Array(4).fill('built'));
    expect(builds.started).toEqual(['eu-west-1-a', 'us-east-1-b', 'eu-west-1-b', 'us-east-1-a']);
  });

  it('with one at a time follow the order of the plan, whatever each target needs first', async () => {
    const targets = targetsOf(['us-east-1', 'eu-west-1'], ['a', 'b']);
    const { builds, done } = await building(targets, { parallel: 1, attempts: 2 }, took);
    for (const [at, { name }] of targets.entries()) {
      await until(() => builds.running().length > 0);
      await aWhile();
      expect(builds.running()).toEqual([name]);
      if (at === 1) builds.fail(name, 'transient');
      if (at === 1) await until(() => builds.running().length > 0);
      await builds.succeed(name);
    }
    expect(statuses(await done)).toEqual(Array(4).fill('built'));
    expect(builds.started).toEqual([
      'us-east-1-a',
      'us-east-1-b',
      'us-east-1-b',
      'eu-west-1-a',
      'eu-west-1-b',
    ]);
  });
});

describe('a build that AWS throttles before it launches anything', () => {
  const targets = targetsOf(['us-east-1'], ['a']);
  const [{ name } = { name: '' }] = targets;

  it('starts again after growing pauses, six times, and counts none of them', async () => {
    const { builds, done, world } = await building(targets, { attempts: 1 });
    for (let refused = 1; refused <= 6; refused++) {
      await until(() => builds.running().length > 0);
      builds.throttle(name);
    }
    await until(() => builds.running().length > 0);
    await builds.succeed(name);
    expect(await done).toMatchObject([{ status: { is: 'built' }, attempts: 7 }]);
    const told = world.events.filter((event) => event.type === 'attempt-ended');
    expect(told.map(({ attempt, retryIn }) => [attempt, retryIn])).toEqual([
      ...[15, 30, 60, 60, 60, 60].map((pause) => [1, pause]),
      [1, undefined],
    ]);
  });

  it('counts the attempts after these, so that it ends', async () => {
    const { builds, done } = await building(targets, { attempts: 2 });
    for (let refused = 1; refused <= 8; refused++) {
      await until(() => builds.running().length > 0);
      builds.throttle(name);
    }
    expect(await done).toMatchObject([
      { status: { is: 'absent' }, attempts: 8, failure: { message: 'it is throttled' } },
    ]);
  });
});

describe('--fail-fast', () => {
  const targets = targetsOf(['us-east-1'], ['a', 'b', 'c', 'd']);

  it('starts nothing and retries nothing after the first permanent failure, and lets running builds finish', async () => {
    const { builds, done, world } = await building(targets, { parallel: 3, attempts: 3, failFast: true });
    await until(() => builds.running().length === 3);
    builds.fail('us-east-1-a', 'provisioner');
    await until(() => world.events.some(({ type }) => type === 'warning'));
    builds.fail('us-east-1-b', 'transient');
    await aWhile();
    await builds.succeed('us-east-1-c');
    expect(await done).toMatchObject([
      { status: { is: 'absent' }, failure: { kind: 'provisioner' } },
      { status: { is: 'absent' }, attempts: 1, failure: { kind: 'transient' } },
      { status: { is: 'built' } },
      {
        attempts: 0,
        failure: { kind: 'stopped', message: 'not started: us-east-1-a failed (--fail-fast)' },
      },
    ]);
    expect(builds.started).toEqual(['us-east-1-a', 'us-east-1-b', 'us-east-1-c']);
    const ended = world.events.filter((event) => event.type === 'attempt-ended');
    expect(ended[1]).not.toHaveProperty('retryIn');
  });

  it.each([
    ['one that does not have to exist', { required: false, failFast: true }],
    ['one, without the option', { required: true, failFast: false }],
  ])('%s stops no build', async (_, { required, failFast }) => {
    const some = targets.map((target, at) => (at === 0 ? { ...target, required } : target));
    const { builds, done } = await building(some, { parallel: 1, failFast });
    await until(() => builds.running().length === 1);
    builds.fail('us-east-1-a', 'provisioner');
    for (const { name } of some.slice(1)) {
      await until(() => builds.running().includes(name));
      await builds.succeed(name);
    }
    expect(statuses(await done)).toEqual(['absent', 'built', 'built', 'built']);
  });
});
