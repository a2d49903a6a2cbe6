import {
  CreateTagsCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import {
  createWorld,
  describe as describeImage,
  launch,
  type World as Sandbox,
} from '../../sandbox/testing/index.ts';
import type { KnownAttempt } from '../../src/model/builds.ts';
import { ownTags } from '../../src/model/resource-names.ts';
import { observe } from '../../src/observe/observe.ts';
import { statusOf } from '../../src/observe/status.ts';
import {
  baseImage,
  host,
  makeImage,
  plan,
  region,
  startBuild,
  type Told,
  target,
  terminate,
  worldOn,
} from '../support/embedded.ts';
import { makeAmi } from '../support/held-builds.ts';

async function lookup(world: Told) {
  const [sighting] = await observe(plan, [target], world);
  if (!sighting) throw new Error('no sighting');
  return { sighting, now: statusOf(target, sighting, plan.sharing, world.clock.now()) };
}

describe('the leftovers of a dead build', () => {
  it('are all found by tags and names, and make the target failed', async () => {
    const sandbox = createWorld();
    const { instance, group } = await startBuild(sandbox);
    const { sighting, now } = await lookup(worldOn(sandbox));
    expect(now.is).toBe('failed');
    const of = { region, release: plan.release, target: target.name };
    expect(sighting.leftovers).toEqual({
      ok: true,
      value: [
        { kind: 'instance', id: instance, ...of },
        { kind: 'security group', id: group, ...of },
        { kind: 'key pair', id: 'gopackgo-web@1.0.0-us-east-1-2204-hvm', ...of },
      ],
    });
  });

  it('are none while its Packer is alive, or another machine has it', async () => {
    const sandbox = createWorld();
    await startBuild(sandbox);
    const alive = await lookup(worldOn(sandbox, { alive: [4711] }));
    expect(alive.now).toMatchObject({ is: 'building', pid: 4711 });
    expect(alive.sighting.leftovers).toEqual({ ok: true, value: [] });

    const other = createWorld();
    await startBuild(other, { 'gopackgo:host': 'another' });
    const elsewhere = await lookup(worldOn(other));
    expect(elsewhere.now).toMatchObject({ is: 'building', where: 'host another' });
    expect(elsewhere.sighting.leftovers).toEqual({ ok: true, value: [] });
  });

  describe('of another host', () => {
    const lookedAtFrom = async (mine: string, tags: Record<string, string>, builds = {}) => {
      const sandbox = createWorld();
      await startBuild(sandbox, tags);
      const known = [{ id: 'abc', target: target.name, number: 1, log: '/nowhere/log' }];
      const world = worldOn(sandbox, { known });
      const { now } = await lookup({ ...world, host: mine, builds: { ...world.builds, ...builds } });
      return now.is;
    };
    const recorded = 'abc.4711';
    it.each([
      [
        'a CI runner with the same name does not count as dead',
        'ci@00000001',
        'ci@00000002',
        'xyz.4711',
        'building',
      ],
      ['the machine itself before it restarted is dead', 'ci@00000001', 'ci@00000002', recorded, 'failed'],
      [
        'a host with another name is alive, although it shares the folder',
        'a@00000001',
        'b@00000002',
        recorded,
        'building',
      ],
      ['a tag of an earlier version counts by the name', 'ci', 'ci@00000002', 'xyz.4711', 'failed'],
      [
        'another container is alive while nothing shows otherwise',
        'c1/1@00000001',
        'c2/2@00000001',
        recorded,
        'building',
      ],
    ])('%s', async (_what, its, mine, attempt, is) => {
      const tags = { 'gopackgo:host': its, 'gopackgo:attempt': attempt };
      expect(await lookedAtFrom(mine, tags)).toBe(is);
    });

    it.each([
      [true, 'failed'],
      [false, 'building'],
    ])('another container whose Packer released its lock (%s) is %s', async (letGo, is) => {
      const tags = { 'gopackgo:host': 'c1/1@00000001', 'gopackgo:attempt': recorded };
      expect(await lookedAtFrom('c2/2@00000001', tags, { hasLetGo: async () => letGo })).toBe(is);
      // A lock says nothing about another machine.
      expect(await lookedAtFrom('c2/2@00000002', tags, { hasLetGo: async () => letGo })).toBe('building');
    });
  });

  it('do not include a security group of the user’s', async () => {
    const sandbox = createWorld();
    const { group } = await startBuild(sandbox);
    const { sighting } = await lookup(worldOn(sandbox));
    const groups = sighting.leftovers.ok
      ? sighting.leftovers.value.filter(({ kind }) => kind === 'security group')
      : [];
    expect(groups.map(({ id }) => id)).toEqual([group]); // and not the default one, which exists beside it
  });

  it('do not include an instance that only got the tags of an AMI', async () => {
    const sandbox = createWorld();
    const instance = await launch(sandbox);
    const Tags = Object.entries(ownTags(plan, target)).map(([Key, Value]) => ({ Key, Value }));
    await sandbox.ec2().send(new CreateTagsCommand({ Resources: [instance], Tags }));
    const { sighting, now } = await lookup(worldOn(sandbox));
    expect(now.is).toBe('absent');
    expect(sighting).toMatchObject({ builders: { value: [] }, leftovers: { value: [] } });
  });

  describe('if the config sets another key pair', () => {
    const started = async (from: (sandbox: Sandbox) => Promise<string>) => {
      const sandbox = createWorld();
      const image = await from(sandbox);
      const base = (await describeImage(sandbox, baseImage(region))).Name;
      const tags = {
        ...ownTags(plan, target),
        'gopackgo:base': `099720109477/${base}`,
        'gopackgo:host': host,
        'gopackgo:attempt': '787b08191128.28572',
      };
      const { Instances } = await sandbox.ec2().send(
        new RunInstancesCommand({
          ImageId: image,
          MinCount: 1,
          MaxCount: 1,
          InstanceType: 'm5.large',
          TagSpecifications: [
            { ResourceType: 'instance', Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
          ],
        }),
      );
      const { sighting } = await lookup(worldOn(sandbox));
      const own = Instances?.[0]?.InstanceId;
      const { builders, leftovers } = sighting;
      return {
        isBuilder: builders.ok && builders.value.some(({ instance }) => instance.id === own),
        isLeft: leftovers.ok && leftovers.value.some(({ id }) => id === own),
      };
    };

    it('include an instance started from the base image in its tags', async () => {
      expect(await started(async () => baseImage(region))).toEqual({ isBuilder: true, isLeft: true });
    });

    it('do not include an instance of the AMI with all its tags, nor of a copy of it without tags', async () => {
      const no = { isBuilder: false, isLeft: false };
      expect(await started((sandbox) => makeAmi(sandbox, target))).toEqual(no);
      expect(
        await started(async (sandbox) => makeImage(sandbox, await launch(sandbox), 'untagged copy')),
      ).toEqual(no);
    });
  });

  it('are found by the log if no instance leads to them', async () => {
    const sandbox = createWorld();
    const { instance, group } = await startBuild(sandbox);
    await terminate(sandbox, instance);
    const attempt: KnownAttempt = {
      id: 'abc',
      target: target.name,
      number: 1,
      log: 'log',
      securityGroup: 'packer_0001',
    };
    const { sighting } = await lookup(worldOn(sandbox, { known: [attempt] }));
    expect(sighting.leftovers).toMatchObject({ ok: true });
    expect(sighting.leftovers.ok && sighting.leftovers.value).toContainEqual(
      expect.objectContaining({ kind: 'security group', id: group }),
    );
  });
});

describe('snapshots that Packer left without tags when it discarded the AMI', () => {
  it('are found only by the builder that they were made from', async () => {
    const sandbox = createWorld();
    const { instance } = await startBuild(sandbox);
    const mine = await makeImage(sandbox, instance);
    const unrelated = await makeImage(sandbox, await launch(sandbox), 'unrelated');
    const snapshot = (await describeImage(sandbox, mine)).BlockDeviceMappings?.[0]?.Ebs?.SnapshotId;
    const looseOnes = async () => {
      const { sighting } = await lookup(worldOn(sandbox));
      return sighting.leftovers.ok
        ? sighting.leftovers.value.filter(({ kind }) => kind === 'snapshot').map(({ id }) => id)
        : [];
    };
    expect(await looseOnes()).toEqual([]);
    for (const ImageId of [mine, unrelated]) {
      await sandbox.ec2().send(new DeregisterImageCommand({ ImageId }));
    }
    await terminate(sandbox, instance);
    expect(await looseOnes()).toEqual([snapshot]);
  });

  it('are looked up neither by id nor by the AMIs that use them if the target’s AMI has them', async () => {
    const sandbox = createWorld();
    await makeAmi(sandbox, target);
    const { now } = await lookup(worldOn(sandbox));
    const asked = JSON.stringify(sandbox.aws.calls().map(({ input }) => input));
    expect([now.is, asked.includes('snapshot-id')]).toEqual(['verified', false]);
  });
});

describe('an AMI without our tags', () => {
  it('is adopted if the instance that it was made from has them', async () => {
    const sandbox = createWorld();
    const { instance } = await startBuild(sandbox);
    const ami = await makeImage(sandbox, instance);
    const { now } = await lookup(worldOn(sandbox));
    expect(now).toMatchObject({ is: 'built', ami: { id: ami }, adopt: ownTags(plan, target) });
  });

  it('is adopted with the recipe that it was built from, not with today’s', async () => {
    const sandbox = createWorld();
    const { instance } = await startBuild(sandbox, { 'gopackgo:recipe': 'sha256:older' });
    await makeImage(sandbox, instance);
    expect((await lookup(worldOn(sandbox))).now).toMatchObject({
      is: 'conflict',
      why: expect.stringMatching(/recipe/),
    });
  });

  it('is adopted if an attempt’s log names it', async () => {
    const sandbox = createWorld();
    const { instance } = await startBuild(sandbox, { 'gopackgo:release': 'another@1' });
    const ami = await makeImage(sandbox, instance);
    const attempt: KnownAttempt = {
      id: 'abc',
      target: target.name,
      number: 1,
      log: 'log',
      ami,
      tags: ownTags(plan, target),
    };
    expect((await lookup(worldOn(sandbox, { known: [attempt] }))).now).toMatchObject({
      is: 'built',
      adopt: attempt.tags,
    });
  });

  it('is a conflict if nothing shows that it is ours', async () => {
    const sandbox = createWorld();
    const { instance } = await startBuild(sandbox, { 'gopackgo:release': 'another@1' });
    await makeImage(sandbox, instance);
    expect((await lookup(worldOn(sandbox))).now).toMatchObject({ is: 'conflict' });
  });

  it('is not ours by a log alone, under another name', async () => {
    const sandbox = createWorld();
    const { instance } = await startBuild(sandbox, { 'gopackgo:release': 'another@1' });
    const ami = await makeImage(sandbox, instance, 'somebody else’s'.replace('’', "'"));
    const attempt: KnownAttempt = {
      id: 'abc',
      target: target.name,
      number: 1,
      log: 'log',
      ami,
      tags: ownTags(plan, target),
    };
    const { sighting } = await lookup(worldOn(sandbox, { known: [attempt] }));
    expect(sighting.images).toEqual({ ok: true, value: [] });
  });

  it('that failed is a leftover, with its snapshot', async () => {
    const sandbox = createWorld();
    const { instance } = await startBuild(sandbox);
    sandbox.faults.add([
      { on: 'ec2:CreateImage', does: { becomes: 'failed', reason: 'Client.InternalError' } },
    ]);
    const ami = await makeImage(sandbox, instance);
    const { sighting, now } = await lookup(worldOn(sandbox));
    expect(now.is).toBe('failed');
    const kinds = sighting.leftovers.ok ? sighting.leftovers.value.map(({ kind, id }) => [kind, id]) : [];
    expect(kinds).toContainEqual(['AMI', ami]);
    expect(kinds.filter(([kind]) => kind === 'snapshot')).toHaveLength(1);
  });
});

describe('a failed lookup', () => {
  it.each([
    'DescribeImages',
    'DescribeInstances',
    'DescribeKeyPairs',
    'DescribeSecurityGroups',
    'DescribeVolumes',
    'DescribeSnapshots',
  ])('by %s makes the target unknown, never absent', async (operation) => {
    const sandbox = createWorld();
    sandbox.faults.add([{ on: `ec2:${operation}`, times: 0, does: { error: 'UnauthorizedOperation' } }]);
    expect((await lookup(worldOn(sandbox))).now).toMatchObject({
      is: 'unknown',
      error: { code: 'UnauthorizedOperation' },
    });
  });

  it.each(['DescribeImageAttribute', 'DescribeSnapshotAttribute'])(
    'by %s makes a built AMI unknown',
    async (operation) => {
      const sandbox = createWorld();
      const { instance } = await startBuild(sandbox);
      const ami = await makeImage(sandbox, instance);
      await tag(sandbox, ami);
      sandbox.faults.add([{ on: `ec2:${operation}`, times: 0, does: { error: 'UnauthorizedOperation' } }]);
      expect((await lookup(worldOn(sandbox))).now.is).toBe('unknown');
    },
  );
});

async function tag(sandbox: ReturnType<typeof createWorld>, id: string): Promise<void> {
  const Tags = Object.entries(ownTags(plan, target)).map(([Key, Value]) => ({ Key, Value }));
  await sandbox.ec2().send(new CreateTagsCommand({ Resources: [id], Tags }));
  await sandbox.ec2().send(new DescribeImagesCommand({ ImageIds: [id] }));
}
