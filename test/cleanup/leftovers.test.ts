import {
  CreateKeyPairCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  DeregisterImageCommand,
  ModifySnapshotAttributeCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  ListBucketsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { createWorld, type World as Sandbox } from '../../sandbox/testing/index.ts';
import { lookUpInterrupted } from '../../src/cleanup/interrupted-cleanup.ts';
import { type LeftoverOptions, lookUpLeftovers, removeRegionLeftovers } from '../../src/cleanup/leftovers.ts';
import { releasesInProgress } from '../../src/cleanup/releases-in-progress.ts';
import type { Lookup } from '../../src/model/lookup.ts';
import { packerTime } from '../../src/model/packer-names.ts';
import type { Leftover } from '../../src/model/resource.ts';
import { ownTags } from '../../src/model/resource-names.ts';
import { stateOf } from '../e2e/state.ts';
import {
  baseImage,
  clientsOf,
  makeImage,
  plan,
  region,
  startBuild,
  target,
  terminate,
  worldOn,
} from '../support/embedded.ts';
import { friend, imageOf, snapshotsOf, tagged } from '../support/removal-world.ts';
import * as stored from '../support/stored.ts';

const hour = 3_600_000;
const { account } = plan;

function value<T>(lookup: Lookup<T>): T {
  if (!lookup.ok) throw new Error(`${lookup.error.operation}: ${lookup.error.code}: ${lookup.error.message}`);
  return lookup.value;
}

const options = (more: Partial<LeftoverOptions> = {}): LeftoverOptions => ({
  account,
  now: Date.now(),
  atWork: new Set(),
  orphanAge: 24 * hour,
  includingShared: false,
  ...more,
});

const lookup = async (
  sandbox: Sandbox,
  more: Partial<LeftoverOptions> = {},
  alive: number[] = [],
): Promise<Leftover[]> => {
  const world = worldOn(sandbox, { alive });
  const given = options(more);
  return value(
    await lookUpLeftovers('web', region, given, {
      ...world,
      clock: { ...world.clock, now: () => given.now },
    }),
  );
};

const kinds = (leftovers: readonly Leftover[]) => leftovers.map(({ kind }) => kind).sort();
const packerNow = (ago: number) =>
  `packer_${Math.floor((Date.now() - ago) / 1000)
    .toString(16)
    .padStart(8, '0')}-1234-1234-1234-123456789abc`;

/** A failed build of each kind, in one world: a builder, a failed AMI, a bundle without an AMI. */
async function failedBuilds(sandbox: Sandbox) {
  const { instance, group } = await startBuild(sandbox);
  sandbox.faults.add([{ on: 'ec2:CreateImage', does: { becomes: 'failed' } }]);
  const failed = await makeImage(sandbox, instance);
  await stored.madeBucket(sandbox);
  await stored.uploadBundle(sandbox);
  return { instance, group, failed };
}

describe('leftovers of builds', () => {
  it('are found by tags, names and dependencies, and removed in the right order', async () => {
    const sandbox = createWorld();
    await failedBuilds(sandbox);
    const found = await lookup(sandbox);
    expect(kinds(found)).toEqual(
      ['AMI', 'bucket', 'bundle', 'instance', 'key pair', 'security group', 'snapshot'].sort(),
    );
    expect(new Set(found.map(({ release }) => release))).toEqual(new Set([plan.release]));
    const world = worldOn(sandbox);
    const cleared = await removeRegionLeftovers(found, world);
    expect(cleared).toHaveLength(found.length);
    expect(new Set(cleared.map(({ outcome }) => outcome))).toEqual(new Set(['removed']));
    expect(await stateOf(clientsOf(sandbox))).toEqual({ amis: [], leftovers: [] });
    expect(await lookup(sandbox)).toEqual([]);
  });

  it('of a second release stay once the run is interrupted; those of the first are removed completely', async () => {
    const sandbox = createWorld();
    await startBuild(sandbox);
    const first = await lookup(sandbox);
    const second = first.map((one) => ({ ...one, id: `${one.id}-2`, release: 'web@2.0.0' }));
    const stopping = new AbortController();
    const cleared = await removeRegionLeftovers([...first, ...second], {
      ...worldOn(sandbox),
      stop: stopping.signal,
      emit: () => stopping.abort(),
    });
    expect(new Set(cleared)).toEqual(new Set(first.map((one) => ({ ...one, outcome: 'removed' }))));
  });

  it('do not include a builder whose Packer is running, here or elsewhere, nor its dependents', async () => {
    const sandbox = createWorld();
    const atWork = async (alive: number[], now: number) => {
      const world = worldOn(sandbox, { alive });
      const clock = { ...world.clock, now: () => now };
      return value(await releasesInProgress('web', [region], new Set(), { ...world, clock }));
    };
    await startBuild(sandbox);
    const here = await atWork([4711], Date.now());
    expect(here).toEqual(new Set([plan.release]));
    expect(await lookup(sandbox, { atWork: here }, [4711])).toEqual([]);
    expect(await lookup(sandbox, { atWork: here, now: Date.now() + 7 * hour }, [4711])).toEqual([]);
    expect(await atWork([], Date.now())).toEqual(new Set());

    const other = createWorld();
    await startBuild(other, { 'gopackgo:host': 'another-machine' });
    expect(await lookup(other)).toEqual([]);
    expect(kinds(await lookup(other, { now: Date.now() + 4 * hour }))).toEqual([
      'instance',
      'key pair',
      'security group',
    ]);
  });

  it('of a release that is being published, or may be, must be older than six hours', async () => {
    const sandbox = createWorld();
    await failedBuilds(sandbox);
    for (const atWork of [new Set([plan.release]), 'unknown'] as const) {
      expect(await lookup(sandbox, { atWork })).toEqual([]);
      expect(kinds(await lookup(sandbox, { atWork, now: Date.now() + 7 * hour }))).toContain('bundle');
    }
  });

  it("do not include another publication's resources, nor those of an AMI", async () => {
    const sandbox = createWorld();
    const { instance, group } = await startBuild(sandbox, { 'gopackgo:release': 'web-api@1.0.0' });
    await makeImage(sandbox, instance);
    await stored.madeBucket(sandbox);
    await stored.uploadBundle(sandbox);
    await stored.register(sandbox);
    const found = await lookup(sandbox, { now: Date.now() + 7 * hour });
    expect(kinds(found)).toEqual([]);
    expect(found.map(({ id }) => id)).not.toContain(group);
  });

  it.each([
    ['an instance that only got the tags of its AMI', async () => undefined],
    [
      'one that was started from the AMI, whatever its tags',
      async (sandbox: Sandbox) => makeImage(sandbox, (await startBuild(sandbox)).instance),
    ],
  ])('do not include %s, nor a volume with these tags', async (_, from) => {
    const sandbox = createWorld();
    const image = await from(sandbox);
    const tags = image ? { ...ownTags(plan, target), 'gopackgo:attempt': 'abc.1' } : ownTags(plan, target);
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    if (image) await sandbox.ec2().send(new CreateTagsCommand({ Resources: [image], Tags }));
    const keeping = { DeviceName: '/dev/sdf', Ebs: { VolumeSize: 8, DeleteOnTermination: false } };
    const launched = await sandbox.ec2().send(
      new RunInstancesCommand({
        ImageId: image ?? baseImage(region),
        InstanceType: 'm5.large',
        MinCount: 1,
        MaxCount: 2,
        BlockDeviceMappings: [keeping],
        TagSpecifications: [
          { ResourceType: 'instance', Tags },
          ...(image ? [] : [{ ResourceType: 'volume' as const, Tags }]),
        ],
      }),
    );
    const [one = '', another = ''] = (launched.Instances ?? []).map(({ InstanceId }) => InstanceId ?? '');
    await terminate(sandbox, another);
    const found = await lookup(sandbox, { now: Date.now() + 7 * hour });
    expect(found.filter(({ id }) => id === one)).toEqual([]);
    expect(kinds(found)).not.toContain('volume');
  });

  it('include a failed AMI, but not a pending one', async () => {
    const sandbox = createWorld({ behaviour: { speed: { image: 100_000 } } });
    const { instance } = await startBuild(sandbox);
    const pending = await makeImage(sandbox, instance);
    await terminate(sandbox, instance);
    expect(kinds(await lookup(sandbox))).toEqual(['key pair']);
    const later = await lookup(sandbox, { now: Date.now() + 7 * hour });
    expect(later.filter(({ kind }) => kind === 'AMI').map(({ id }) => id)).toEqual([pending]);
  });

  it('include a bucket that was never tagged and one with only an unfinished upload, but none with other content', async () => {
    const sandbox = createWorld();
    const s3 = await stored.s3Of(sandbox);
    await s3.send(new CreateBucketCommand({ Bucket: stored.bucket }));
    expect(kinds(await lookup(sandbox))).toEqual(['bucket']);
    await s3.send(new PutObjectCommand({ Bucket: stored.bucket, Key: 'notes.txt', Body: '-' }));
    expect(await lookup(sandbox)).toEqual([]);
    await s3.send(new CreateMultipartUploadCommand({ Bucket: stored.bucket, Key: '1404-pv.part.0' }));
    expect(kinds(await lookup(sandbox))).toEqual(['bundle']);
  });

  it('include a bundle of which only old versions are left, and its bucket; both are deleted', async () => {
    const sandbox = createWorld();
    const { s3, Bucket } = await versionedBucket(sandbox);
    await stored.uploadBundle(sandbox);
    for (const Key of await stored.contentOf(sandbox))
      await s3.send(new DeleteObjectCommand({ Bucket, Key }));
    const left = await lookup(sandbox);
    expect(kinds(left)).toEqual(['bucket', 'bundle']);
    const cleared = await removeRegionLeftovers(left, worldOn(sandbox));
    expect(cleared.map(({ outcome }) => outcome)).toEqual(['removed', 'removed']);
    expect((await s3.send(new ListBucketsCommand({}))).Buckets).toEqual([]);
  });

  it('do not include a bucket with only an old version of another object', async () => {
    const sandbox = createWorld();
    const { s3, Bucket } = await versionedBucket(sandbox);
    await s3.send(new PutObjectCommand({ Bucket, Key: 'notes.txt', Body: '-' }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'notes.txt' }));
    expect(await lookup(sandbox)).toEqual([]);
  });
});

async function versionedBucket(sandbox: Sandbox) {
  const s3 = await stored.s3Of(sandbox);
  await stored.madeBucket(sandbox);
  const Bucket = stored.bucket;
  const VersioningConfiguration = { Status: 'Enabled' as const };
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  return { s3, Bucket };
}

describe('a resource that somebody wants to keep', () => {
  const kept = { 'gopackgo:keep': 'for the audit' };
  const others = [
    ['an account', { UserId: friend }],
    ['everybody', { Group: 'all' as const }],
  ] as const;
  const share = (sandbox: Sandbox, SnapshotId: string, one: (typeof others)[number][1]) =>
    sandbox.ec2().send(
      new ModifySnapshotAttributeCommand({
        SnapshotId,
        Attribute: 'createVolumePermission',
        CreateVolumePermission: { Add: [one] },
      }),
    );
  /** A snapshot that no AMI uses, with the tags of its origin, and perhaps that a cleanup deregistered its AMI. */
  const looseSnapshot = async (
    sandbox: Sandbox,
    more: (ami: string) => Record<string, string> = () => ({}),
  ) => {
    const ami = await imageOf(sandbox, 'web 1.0.0 plain');
    const [snapshot = ''] = await snapshotsOf(sandbox, ami);
    await tagged(sandbox, [snapshot], { ...ownTags(plan, target), ...more(ami) });
    await sandbox.ec2().send(new DeregisterImageCommand({ ImageId: ami }));
    return snapshot;
  };
  const unfinished = async (sandbox: Sandbox, includingShared = false) =>
    value(
      await lookUpInterrupted('web', region, { account, includingShared }, worldOn(sandbox)),
    ).removals.flatMap(({ snapshots }) => snapshots);

  it('is anything with the keep tag, and its dependencies', async () => {
    const sandbox = createWorld();
    const { instance, failed } = await failedBuilds(sandbox);
    await tagged(sandbox, [instance], kept);
    expect(kinds(await lookup(sandbox))).toEqual(['AMI', 'bucket', 'bundle', 'snapshot']);
    await tagged(sandbox, [failed], kept);
    expect(kinds(await lookup(sandbox))).toEqual(['bucket', 'bundle']);
    const name = packerNow(25 * hour);
    const { GroupId = '' } = await sandbox
      .ec2()
      .send(new CreateSecurityGroupCommand({ GroupName: name, Description: '-' }));
    expect(kinds(await lookup(sandbox))).toContain('security group');
    await tagged(sandbox, [GroupId], kept);
    expect(kinds(await lookup(sandbox))).toEqual(['bucket', 'bundle']);
  });

  it('is a snapshot with the keep tag, even if a cleanup had started with it', async () => {
    const sandbox = createWorld();
    const loose = await looseSnapshot(sandbox);
    const begun = await looseSnapshot(sandbox, (ami) => ({ 'gopackgo:deregistered': ami }));
    expect((await lookup(sandbox)).map(({ id }) => id)).toEqual([loose]);
    expect(await unfinished(sandbox)).toEqual([begun]);
    await tagged(sandbox, [loose, begun], kept);
    expect(await lookup(sandbox)).toEqual([]);
    expect(await unfinished(sandbox, true)).toEqual([]);
  });

  it.each(others)('is a snapshot that is shared with %s, unless shared ones are included', async (_, one) => {
    const sandbox = createWorld({ behaviour: { accounts: [{ snapshotBlockPublicAccess: 'unblocked' }] } });
    const loose = await looseSnapshot(sandbox);
    const begun = await looseSnapshot(sandbox, (ami) => ({ 'gopackgo:deregistered': ami }));
    for (const id of [loose, begun]) await share(sandbox, id, one);
    expect(await lookup(sandbox)).toEqual([]);
    expect(await unfinished(sandbox)).toEqual([]);
    expect((await lookup(sandbox, { includingShared: true })).map(({ id }) => id)).toEqual([loose]);
    expect(await unfinished(sandbox, true)).toEqual([begun]);
    sandbox.faults.add([
      { on: 'ec2:DescribeSnapshotAttribute', times: 0, does: { error: 'UnauthorizedOperation' } },
    ]);
    await expect(lookup(sandbox)).rejects.toThrow('UnauthorizedOperation');
    await expect(unfinished(sandbox)).rejects.toThrow('UnauthorizedOperation');
  });
});

describe("Packer's own key pairs and security groups", () => {
  const keyPair = (sandbox: Sandbox, KeyName: string) =>
    sandbox.ec2().send(new CreateKeyPairCommand({ KeyName }));
  const group = async (sandbox: Sandbox, GroupName: string) =>
    (await sandbox.ec2().send(new CreateSecurityGroupCommand({ GroupName, Description: '-' }))).GroupId ?? '';

  it('are leftovers once they are old and nothing uses them', async () => {
    const sandbox = createWorld();
    const [old, young, used] = [packerNow(25 * hour), packerNow(hour), packerNow(26 * hour)];
    const oldGroup = await group(sandbox, old);
    await group(sandbox, young);
    await group(sandbox, 'packer_of_a_person');
    const usedGroup = await group(sandbox, used);
    for (const name of [old, used, 'packer_of_a_person']) await keyPair(sandbox, name);
    await sandbox.ec2().send(
      new RunInstancesCommand({
        ImageId: baseImage(region),
        InstanceType: 't3.micro',
        MinCount: 1,
        MaxCount: 1,
        KeyName: used,
        SecurityGroupIds: [usedGroup],
      }),
    );
    expect((await lookup(sandbox)).map(({ kind, id }) => `${kind} ${id}`)).toEqual([
      `security group ${oldGroup}`,
    ]);
    const later = await lookup(sandbox, { now: Date.now() + 23.5 * hour });
    expect(later.filter(({ kind }) => kind === 'key pair')).toEqual([]);
    const found = await lookup(sandbox, { now: Date.now() + 25 * hour });
    expect(found.map(({ kind, release }) => [kind, release])).toEqual([
      ['key pair', undefined],
      ['security group', undefined],
      ['security group', undefined],
    ]);
    const cleared = await removeRegionLeftovers(found, worldOn(sandbox));
    expect(cleared.map(({ outcome }) => outcome)).toEqual(found.map(() => 'removed'));
    const { leftovers } = await stateOf(clientsOf(sandbox));
    expect(leftovers.filter((one) => /packer/.test(one)).sort()).toEqual(
      ['group packer_of_a_person', `group ${used}`, 'key pair packer_of_a_person', `key pair ${used}`].sort(),
    );
  });

  it.each([
    ['packer_65a1b2c3-0001-0002-0003-0123456789ab', '2024-01-12T21:44:35.000Z'],
    ['packer_00000001-0001-0002-0003-0123456789ab', undefined],
    ['packer_65a1b2c3', undefined],
    ['my-packer_65a1b2c3-0001-0002-0003-0123456789ab', undefined],
  ])('have their creation time in their names: %s', (name, at) => {
    expect(packerTime(name)).toBe(at);
  });
});

it('leftovers are unknown if any one lookup fails', async () => {
  const sandbox = createWorld();
  await failedBuilds(sandbox);
  const before = sandbox.aws.calls().length;
  await lookup(sandbox);
  const operations = new Set(
    sandbox.aws
      .calls()
      .slice(before)
      .map(({ service, operation }) => `${service}:${operation}`),
  );
  expect(operations.size).toBeGreaterThan(7);
  for (const on of operations) {
    sandbox.faults.add([{ on, does: { error: 'UnauthorizedOperation' } }]);
    await expect(lookup(sandbox), on).rejects.toThrow('UnauthorizedOperation');
  }
});
