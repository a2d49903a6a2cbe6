import { paginateDescribeAutoScalingGroups } from '@aws-sdk/client-auto-scaling';
import {
  DeregisterImageCommand,
  DescribeImageReferencesCommand,
  DescribeInstancesCommand,
  DescribeVolumesCommand,
  type Image,
  paginateDescribeImages,
  paginateDescribeSnapshots,
} from '@aws-sdk/client-ec2';
import {
  GetObjectCommand,
  ListMultipartUploadsCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { expect, describe as group, test } from 'vitest';
import { defaultAccount, otherAccount } from '../../model/accounts.ts';
import { derivedId } from '../../model/identifiers.ts';
import { seedState } from '../../seeding/seed-state.ts';
import type { SeededImage, SeededWorld } from '../../seeding/seeded-world.ts';
import { createWorld, errorOf, temporaryFolder, type World } from '../../testing/world.ts';
import { readManifest } from '../../wire/bundle-manifest.ts';
import { createRequestHandler } from '../../wire/request-handler.ts';
import { largeRegions, largeWorld } from './large-world.ts';

const seeded = (world: SeededWorld, now = new Date()): World => {
  const folder = temporaryFolder();
  seedState(folder, world, now);
  return createWorld({ folder });
};

const imagesOf = async (world: World, region: string, owner = 'self'): Promise<Image[]> => {
  const found: Image[] = [];
  const asked = { Owners: [owner], IncludeDisabled: true, IncludeDeprecated: true };
  for await (const page of paginateDescribeImages({ client: world.ec2({ region }), pageSize: 100 }, asked)) {
    found.push(...(page.Images ?? []));
  }
  return found;
};

const s3Of = (world: World, region: string): S3Client =>
  new S3Client({ region, credentials: defaultAccount, requestHandler: createRequestHandler(world.aws) });

group('a seeded world', () => {
  test('of 2,000 images in eight regions is found as described', async () => {
    const now = new Date();
    const described = largeWorld(now);
    const world = seeded(described, now);
    const own = (region: string) =>
      (described.images ?? []).filter((image) => image.region === region && image.account === undefined);
    expect(described.images).toHaveLength(2000);
    for (const region of largeRegions) {
      const images = await imagesOf(world, region);
      expect(images.map(traitsOfFound).sort(byId)).toEqual(own(region).map(traitsOfSeeded).sort(byId));
      expect(await imagesOf(world, region, otherAccount.id)).toHaveLength(10);
      let snapshots = 0;
      const asked = { OwnerIds: ['self'] };
      const client = world.ec2({ region });
      for await (const page of paginateDescribeSnapshots({ client, pageSize: 100 }, asked)) {
        snapshots += page.Snapshots?.length ?? 0;
      }
      const volumes = own(region).reduce((sum, image) => sum + (image.snapshots?.length ?? 0), 0);
      expect(snapshots).toBe(volumes + (region === largeRegions[0] ? 1 : 0));
      let groups = 0;
      const autoScaling = world.autoScaling({ region });
      for await (const page of paginateDescribeAutoScalingGroups({ client: autoScaling }, {})) {
        groups += page.AutoScalingGroups?.length ?? 0;
      }
      expect(groups).toBe(5);
    }
  });

  test('holds bundles whose manifests can be read, in buckets with versions and unfinished uploads', async () => {
    const now = new Date();
    const world = seeded(largeWorld(now), now);
    const [image] = (await imagesOf(world, 'eu-west-1')).filter(
      (one) => one.RootDeviceType === 'instance-store',
    );
    const [, Bucket = '', Key = ''] = /^([^/]+)\/(.+)$/.exec(image?.ImageLocation ?? '') ?? [];
    const s3 = s3Of(world, 'eu-west-1');
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    const { parts } = readManifest((await Body?.transformToString()) ?? '');
    const keys: string[] = [];
    for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix: Key.split('.')[0] })) {
      keys.push(...(page.Contents ?? []).map((one) => one.Key ?? ''));
    }
    expect(parts).toHaveLength(4);
    expect(keys).toEqual(expect.arrayContaining([Key, ...parts.map(({ filename }) => filename)]));
    const { Uploads } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
    expect(Uploads?.map((one) => one.Key)).toEqual(['left/over']);
  });

  test('has instances, volumes and references created by calls', async () => {
    const now = new Date();
    const world = seeded(largeWorld(now), now);
    const ec2 = world.ec2();
    const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({}));
    expect(
      Reservations.flatMap(({ Instances = [] }) => Instances.map(({ State }) => State?.Name)).sort(),
    ).toEqual(['running', 'stopped']);
    expect(world.aws.running().map(({ instanceId }) => instanceId)).toEqual([derivedId('i', 'running')]);
    expect((await ec2.send(new DescribeVolumesCommand({}))).Volumes).toHaveLength(1);
    const { ImageReferences = [] } = await ec2.send(
      new DescribeImageReferencesCommand({
        ImageIds: [derivedId('ami', 'us-east-1', '7'), derivedId('ami', 'us-east-1', '8')],
        IncludeAllResourceTypes: true,
      }),
    );
    expect(ImageReferences.map(({ ResourceType }) => ResourceType).sort()).toEqual([
      'ec2:Instance',
      'ec2:Instance',
      'ec2:LaunchTemplate',
      'ssm:Parameter',
    ]);
  });

  test('has two images on one snapshot, which is deleted with the second', async () => {
    const [one, two] = [derivedId('ami', 'one'), derivedId('ami', 'two')];
    const snapshots = [derivedId('snap', 'shared')];
    const createdAt = '2026-01-02T03:04:05.000Z';
    const region = 'us-east-1';
    const world = seeded({
      images: [
        { region, id: one, name: 'one', createdAt, snapshots },
        { region, id: two, name: 'two', createdAt, snapshots },
      ],
    });
    const deregister = async (ImageId: string) => {
      const command = new DeregisterImageCommand({ ImageId, DeleteAssociatedSnapshots: true });
      const { DeleteSnapshotResults = [] } = await world.ec2().send(command);
      return DeleteSnapshotResults.map(({ ReturnCode }) => ReturnCode);
    };
    expect([await deregister(one), await deregister(two)]).toEqual([['skipped'], ['success']]);
    expect(await errorOf(deregister(two))).toBe('InvalidAMIID.Unavailable');
  });

  test('is written completely or not at all, and its errors are reported', () => {
    const folder = temporaryFolder();
    const image = { region: 'us-east-1', id: derivedId('ami', 'one'), createdAt: '2026-01-02T03:04:05.000Z' };
    const seed = (world: SeededWorld) => () => seedState(folder, world);
    const call = { region: 'us-east-1', service: 'ec2', operation: 'DeleteSnapshot' } as const;
    const images: SeededImage[] = [{ ...image, name: 'one' }];
    expect(seed({ images: [...images, ...images] })).toThrow(/^images\[1\]: ami-.* already exists$/);
    expect(seed({ images: [{ ...image, name: 'one', region: 'mars-1' }] })).toThrow(
      'images[0]: unknown region',
    );
    expect(seed({ images, calls: [{ ...call, input: { SnapshotId: 'snap-00000000000000001' } }] })).toThrow(
      'calls[0]: InvalidSnapshot.NotFound',
    );
    expect(
      seed({ images: [{ ...image, name: 'one', bundle: { bucket: 'none', prefix: 'p', parts: 1 } }] }),
    ).toThrow('images[0]: its bundle is in the bucket none, which is not described');
    seed({ images })();
  });
});

interface Traits {
  id: string | undefined;
  name: string | undefined;
  createdAt: string | undefined;
  state: string | undefined;
  snapshots: (string | undefined)[];
  isBundle: boolean;
  isProtected: boolean;
  isDeprecated: boolean;
  launchedAt: string | undefined;
  tags: Record<string, string | undefined>;
}

const traitsOfSeeded = (image: SeededImage): Traits => ({
  id: image.id,
  name: image.name,
  createdAt: image.createdAt,
  state: image.state ?? 'available',
  snapshots: [...(image.snapshots ?? [])],
  isBundle: image.bundle !== undefined,
  isProtected: image.protection !== undefined,
  isDeprecated: image.deprecatedAt !== undefined,
  launchedAt: image.launchedAt,
  tags: { ...image.tags },
});

const traitsOfFound = (image: Image): Traits => ({
  id: image.ImageId,
  name: image.Name,
  createdAt: image.CreationDate,
  state: image.State,
  snapshots: (image.BlockDeviceMappings ?? []).flatMap(({ Ebs }) => (Ebs ? [Ebs.SnapshotId] : [])),
  isBundle: image.RootDeviceType === 'instance-store',
  isProtected: image.DeregistrationProtection !== 'disabled',
  isDeprecated: image.DeprecationTime !== undefined,
  launchedAt: image.LastLaunchedTime,
  tags: Object.fromEntries((image.Tags ?? []).map(({ Key = '', Value }) => [Key, Value])),
});

const byId = (one: Traits, other: Traits): number => ((one.id ?? '') < (other.id ?? '') ? -1 : 1);
