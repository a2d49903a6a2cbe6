import type { DescribeImagesCommandOutput } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { createWorld, type World as Sandbox } from '../../sandbox/testing/index.ts';
import type { Clients } from '../../src/aws/connection.ts';
import { unknownLag } from '../../src/aws/context.ts';
import { consistentImages } from '../../src/observe/consistent-images.ts';
import { clientsOf, makeImage, plan, region, startBuild, target, worldOn } from '../support/embedded.ts';

/** The number of the current lookup, from 0. */
type Lookups = () => number;

/** Clients that see no AMI in the lookups for which `hidden` returns true. */
function laggingClients(sandbox: Sandbox, lookup: Lookups, hidden: (lookup: number) => boolean): Clients {
  const clients = clientsOf(sandbox);
  clients.ec2(region).middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next(args);
      if (context.commandName === 'DescribeImagesCommand' && hidden(lookup()))
        (result.output as DescribeImagesCommandOutput).Images = [];
      return result;
    },
    { step: 'initialize' },
  );
  return clients;
}

async function looksOn(sandbox: Sandbox, hidden: (lookup: number) => boolean, presence?: 'seen once') {
  const world = worldOn(sandbox);
  const clients = laggingClients(sandbox, world.sleeps, hidden);
  const lookup = await consistentImages(plan.release, region, [target], [], { ...world, clients }, presence);
  const ids = lookup.ok ? (lookup.value.get(target.name) ?? []).map(({ id }) => id) : lookup.error.code;
  return { ids, looks: world.sleeps() + 1 };
}

describe('a lookup of AMIs that not all parts of EC2 know yet', () => {
  it('accepts absence after three lookups that agree', async () => {
    expect(await looksOn(createWorld(), () => false)).toEqual({ ids: [], looks: 3 });
  });

  it.each([
    ['at once', () => false, 3],
    ['from the second lookup on', (lookup: number) => lookup < 1, 4],
    ['from the third lookup on', (lookup: number) => lookup < 2, 5],
    ['at first, then not for a moment', (lookup: number) => lookup === 1, 5],
  ])('finds a new AMI that is seen %s', async (_, hidden, lookups) => {
    const sandbox = createWorld();
    const { instance } = await startBuild(sandbox);
    const ami = await makeImage(sandbox, instance);
    expect(await looksOn(sandbox, hidden)).toEqual({ ids: [ami], looks: lookups });
  });

  it('is unknown if the answers never agree', async () => {
    const sandbox = createWorld();
    const { instance } = await startBuild(sandbox);
    await makeImage(sandbox, instance);
    expect(await looksOn(sandbox, (lookup) => lookup % 2 === 0)).toEqual({ ids: 'Unsettled', looks: 15 });
  });

  it.each([
    ['an AMI that is seen', () => false, 1],
    ['an AMI that is seen in the second lookup', (lookup: number) => lookup < 1, 2],
  ])('accepts %s at once if another lookup follows before it counts', async (_, hidden, lookups) => {
    const sandbox = createWorld();
    const { instance } = await startBuild(sandbox);
    const ami = await makeImage(sandbox, instance);
    expect(await looksOn(sandbox, hidden, 'seen once')).toEqual({ ids: [ami], looks: lookups });
  });

  it.each([
    ['on AWS, which names no limit, a second apart', unknownLag, [1_000, 1_000]],
    ['in a sandbox that shows everything at once, without a pause', 0, [0, 0]],
    ['in one that lags for less than a second, as long as it lags', 300, [300, 300]],
    ['in one that lags for longer, a second apart', 5_000, [1_000, 1_000]],
  ])('asks three times before it accepts absence: %s', async (_, lag, pauses) => {
    const slept: number[] = [];
    const { clock, ...world } = worldOn(createWorld());
    const sleep = (milliseconds: number) => {
      slept.push(milliseconds);
      return clock.sleep(milliseconds);
    };
    const seen = await consistentImages(plan.release, region, [target], [], {
      ...world,
      lag,
      clock: { ...clock, sleep },
    });
    expect(seen).toMatchObject({ ok: true });
    expect(slept).toEqual(pauses);
  });

  it('takes three lookups for absence there as well', async () => {
    expect(await looksOn(createWorld(), () => false, 'seen once')).toEqual({ ids: [], looks: 3 });
  });

  it('takes one lookup for an old AMI', async () => {
    const sandbox = createWorld();
    const { instance } = await startBuild(sandbox);
    const ami = await makeImage(sandbox, instance);
    const world = worldOn(sandbox);
    const later = { ...world, clock: { ...world.clock, now: () => Date.now() + 3_600_000 } };
    const lookup = await consistentImages(plan.release, region, [target], [], later);
    expect(lookup.ok && lookup.value.get(target.name)?.map(({ id }) => id)).toEqual([ami]);
    expect(world.sleeps()).toBe(0);
  });
});
