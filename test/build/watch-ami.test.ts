import { DeregisterImageCommand } from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, it } from 'vitest';
import { createWorld, type World as Sandbox } from '../../sandbox/testing/index.ts';
import { amiWatcher } from '../../src/build/watch-ami.ts';
import { makeImage, startBuild, target, worldOn } from '../support/embedded.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createWorld();
});

/** What the run notices at each of so many lookups, 15 seconds apart, of an AMI that a log names. */
async function noticing(
  log: () => string | undefined,
  lookups: number,
  before?: (at: number) => Promise<unknown>,
) {
  const world = worldOn(sandbox);
  const look = amiWatcher(target, { ami: async () => log() }, world);
  const noticed = [];
  for (let at = 0; at < lookups; at++) {
    await before?.(at);
    noticed.push(await look());
    await world.clock.sleep(15_000);
  }
  return noticed;
}

const deregister = (ImageId: string) => sandbox.ec2().send(new DeregisterImageCommand({ ImageId }));

describe('AMIs that Packer waits for in a region', () => {
  it('are looked up together, by one call every 15 seconds', async () => {
    const { instance } = await startBuild(sandbox);
    const names = [target.amiName, 'another', 'a third'];
    const amis: string[] = [];
    for (const name of names) amis.push(await makeImage(sandbox, instance, name));
    const world = worldOn(sandbox);
    const watchers = amis.map((ami, at) =>
      amiWatcher({ ...target, amiName: names[at] ?? '' }, { ami: async () => ami }, world),
    );
    const from = sandbox.aws.calls().length;
    const noticed: (string | undefined)[] = [];
    for (let second = 0; second < 61; second++) {
      if (second === 20) await deregister(amis[1] ?? '');
      for (const [at, look] of watchers.entries())
        if (at !== 1 || !noticed.includes(amis[1])) noticed.push(await look());
      await world.clock.sleep(1_000);
    }
    expect(noticed.filter((id) => id !== undefined)).toEqual([amis[1]]);
    const looks = sandbox.aws
      .calls()
      .slice(from)
      .filter(({ operation }) => operation === 'DescribeImages');
    // Nine more for the one that was gone: ten must agree.
    expect(looks.length - 9).toBe(5);
  });
});

describe('an AMI that Packer waits for', () => {
  it('is gone only once ten lookups agree', async () => {
    const ami = await makeImage(sandbox, (await startBuild(sandbox)).instance);
    const noticed = await noticing(
      () => ami,
      6,
      async (at) => (at === 2 ? deregister(ami) : undefined),
    );
    expect(noticed).toEqual([undefined, undefined, ami, ami, ami, ami]);
  });

  it('is not gone if EC2 hides it now and then', async () => {
    sandbox = createWorld({ behaviour: { consistency: { flaps: 2, kinds: ['image'] } } });
    const ami = await makeImage(sandbox, (await startBuild(sandbox)).instance);
    const noticed = await noticing(() => ami, 6);
    expect(noticed).toEqual(Array(6).fill(undefined));
  });

  it('is not gone if EC2 does not answer', async () => {
    const ami = await makeImage(sandbox, (await startBuild(sandbox)).instance);
    const refused = { on: 'ec2:DescribeImages', does: { error: 'UnauthorizedOperation', status: 403 } };
    const noticed = await noticing(
      () => ami,
      6,
      async (at) => (at > 1 ? sandbox.faults.add([refused]) : undefined),
    );
    expect(noticed).toEqual(Array(6).fill(undefined));
  });

  it('is neither one that only the log names nor one with another name: a script can print anything', async () => {
    const other = await makeImage(sandbox, (await startBuild(sandbox)).instance, 'of somebody else');
    const noticed = await noticing(
      () => other,
      6,
      async (at) => (at === 1 ? deregister(other) : undefined),
    );
    expect([...noticed, ...(await noticing(() => 'ami-0123456789abcdef0', 6))]).toEqual(
      Array(12).fill(undefined),
    );
  });
});
