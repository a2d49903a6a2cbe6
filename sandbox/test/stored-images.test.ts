import {
  CopyImageCommand,
  CreateRestoreImageTaskCommand,
  type CreateRestoreImageTaskCommandInput,
  CreateStoreImageTaskCommand,
  type CreateStoreImageTaskCommandInput,
  CreateTagsCommand,
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  DescribeSnapshotsCommand,
  DescribeStoreImageTasksCommand,
  type DescribeStoreImageTasksCommandInput,
  EnableEbsEncryptionByDefaultCommand,
  type StoreImageTaskResult,
} from '@aws-sdk/client-ec2';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { otherAccount } from '../model/accounts.ts';
import type { Behaviour } from '../model/behaviour.ts';
import { describe, makeImage } from '../testing/images.ts';
import { s3Of } from '../testing/s3-client.ts';
import { createWorld, errorOf, type World } from '../testing/world.ts';

const Bucket = 'stored-images';

const withBucket = async (behaviour: Behaviour = { speed: { copy: 60 } }): Promise<World> => {
  const world = createWorld({ behaviour });
  await s3Of(world).send(new CreateBucketCommand({ Bucket }));
  return world;
};

const store = async (world: World, ImageId: string, more: Partial<CreateStoreImageTaskCommandInput> = {}) =>
  (await world.ec2().send(new CreateStoreImageTaskCommand({ ImageId, Bucket, ...more }))).ObjectKey ?? '';

const restore = async (
  world: World,
  ObjectKey: string,
  more: Partial<CreateRestoreImageTaskCommandInput> = {},
  region = 'us-east-1',
) => {
  const call = new CreateRestoreImageTaskCommand({ Bucket, ObjectKey, ...more });
  return (await world.ec2({ region }).send(call)).ImageId ?? '';
};

const look = async (
  world: World,
  input: DescribeStoreImageTasksCommandInput = {},
): Promise<StoreImageTaskResult[]> =>
  (await world.ec2().send(new DescribeStoreImageTasksCommand(input))).StoreImageTaskResults ?? [];

const head = (world: World, Key: string) => s3Of(world).send(new HeadObjectCommand({ Bucket, Key }));

/** "How AMI store and restore works", EC2 User Guide; CreateStoreImageTask and CreateRestoreImageTask, API reference. */
test('an AMI is stored as an object once its task is completed, and restored with its name, tags and devices', async () => {
  const world = await withBucket();
  const ec2 = world.ec2();
  const { id, snapshot } = await makeImage(world, 'golden 1');
  const Tags = [{ Key: 'team', Value: 'images' }];
  await ec2.send(new CreateTagsCommand({ Resources: [id, snapshot], Tags }));
  const before = await describe(world, id);

  const key = await store(world, id, { S3ObjectTags: [{ Key: 'kept', Value: 'for years' }] });
  expect(key).toBe(`${id}.bin`);
  expect(await look(world)).toMatchObject([
    { AmiId: id, Bucket, S3objectKey: key, ProgressPercentage: 0, StoreTaskState: 'InProgress' },
  ]);
  await expect(head(world, key)).rejects.toMatchObject({ name: 'NotFound' });
  for (const path of ['', '/another/path']) {
    expect(await errorOf(store(world, id, { Bucket: `${Bucket}${path}` }))).toBe('InvalidRequest');
  }
  world.aws.settings.advance(60);
  expect(await look(world, { ImageIds: [id] })).toMatchObject([
    { ProgressPercentage: 100, StoreTaskState: 'Completed' },
  ]);
  expect((await head(world, key)).Metadata).toMatchObject({
    ...{ 'ami-name': 'golden 1', 'ami-owner-account': '123456789012' },
    'ami-registration-date': before.CreationDate,
  });
  const { TagSet } = await s3Of(world).send(new GetObjectTaggingCommand({ Bucket, Key: key }));
  expect(TagSet).toEqual([{ Key: 'kept', Value: 'for years' }]);

  expect(await errorOf(restore(world, key))).toBe('InvalidAMIName.Duplicate');
  await ec2.send(new DeregisterImageCommand({ ImageId: id }));
  await ec2.send(new DeleteSnapshotCommand({ SnapshotId: snapshot }));
  const restored = await restore(world, key, {
    TagSpecifications: [{ ResourceType: 'snapshot', Tags: [{ Key: 'restored', Value: 'yes' }] }],
  });
  expect((await describe(world, restored)).State).toBe('pending');
  world.aws.settings.advance(60);
  const after = await describe(world, restored);
  expect(after).toMatchObject({
    ...{ Name: 'golden 1', State: 'available', Public: false, Tags, SourceImageId: id },
    ...{ Architecture: before.Architecture, RootDeviceName: before.RootDeviceName },
    SourceImageRegion: 'us-east-1',
  });
  const { SnapshotId = '', ...volume } = after.BlockDeviceMappings?.[0]?.Ebs ?? {};
  expect(volume).toMatchObject({ VolumeSize: before.BlockDeviceMappings?.[0]?.Ebs?.VolumeSize });
  const { Snapshots } = await ec2.send(new DescribeSnapshotsCommand({ SnapshotIds: [SnapshotId] }));
  expect(Snapshots).toMatchObject([{ State: 'completed', Encrypted: false }]);
  expect(Snapshots?.[0]?.Tags).toEqual([...Tags, { Key: 'restored', Value: 'yes' }]);
});

/** "You can store AMIs with encrypted snapshots, but the snapshots are decrypted as part of the store process." */
test('an encrypted AMI is restored in another region, under another name, encrypted only by default there', async () => {
  const world = await withBucket({ speed: 'quick' });
  const { id } = await makeImage(world, 'plain');
  const { ImageId = '' } = await world
    .ec2()
    .send(
      new CopyImageCommand({ SourceImageId: id, SourceRegion: 'us-east-1', Name: 'secret', Encrypted: true }),
    );
  const key = await store(world, ImageId, { Bucket: `${Bucket}/path1/path2` });
  expect(key).toBe(`path1/path2/${ImageId}.bin`);
  const region = 'eu-west-1';
  const s3 = s3Of(world, { region });
  const there = { Bucket: 'restored-images' };
  await s3.send(
    new CreateBucketCommand({ ...there, CreateBucketConfiguration: { LocationConstraint: region } }),
  );
  await s3.send(new CopyObjectCommand({ ...there, Key: 'a.bin', CopySource: `${Bucket}/${key}` }));
  const ec2 = world.ec2({ region });
  const isEncrypted = async (Name: string) => {
    const ImageIds = [await restore(world, 'a.bin', { ...there, Name }, region)];
    const { Images } = await ec2.send(new DescribeImagesCommand({ ImageIds }));
    return Images?.[0]?.BlockDeviceMappings?.[0]?.Ebs?.Encrypted;
  };
  expect(await isEncrypted('restored')).toBe(false);
  await ec2.send(new EnableEbsEncryptionByDefaultCommand({}));
  expect(await isEncrypted('restored and encrypted')).toBe(true);
});

/** "Limitations" of "Store and restore an AMI using S3". */
const declared: Behaviour = {
  speed: { copy: 60 },
  accounts: [
    {
      account: '123456789012',
      region: 'us-east-1',
      images: [
        { id: 'ami-0aaaaaaaaaaaaaaaa', name: 'small', devices: [{ device: '/dev/sda1', size: 8 }] },
        { id: 'ami-0bbbbbbbbbbbbbbbb', name: 'large', devices: [{ device: '/dev/sda1', size: 1200 }] },
        { id: 'ami-0cccccccccccccccc', name: 'too large', devices: [{ device: '/dev/sda1', size: 5001 }] },
        { id: 'ami-0dddddddddddddddd', name: 'pv', virtualization: 'paravirtual' },
        { id: 'ami-0eeeeeeeeeeeeeeee', name: 'public', owner: '444455556666', public: true },
        { id: 'ami-0ffffffffffffffff', name: 'shared', owner: '444455556666', sharedWith: ['123456789012'] },
      ],
    },
  ],
};

test.each<[string, RegExp, Partial<CreateStoreImageTaskCommandInput>]>([
  ['InvalidRequest', /5000 GB/, { ImageId: 'ami-0cccccccccccccccc' }],
  ['InvalidRequest', /Paravirtual/, { ImageId: 'ami-0dddddddddddddddd' }],
  ['AuthFailure', /Not authorized/, { ImageId: 'ami-0eeeeeeeeeeeeeeee' }],
  ['InvalidAMIID.NotFound', /does not exist/, { ImageId: 'ami-01234567890123456' }],
  ['InvalidRequest', /no-bucket does not exist/, { Bucket: 'no-bucket' }],
  ['InvalidParameterValue', /aws:/, { S3ObjectTags: [{ Key: 'aws:x', Value: '' }] }],
  ['DryRunOperation', /would have succeeded/, { DryRun: true }],
])('CreateStoreImageTask answers %s, %s', async (name, message, input) => {
  const world = await withBucket(declared);
  await expect(store(world, 'ami-0aaaaaaaaaaaaaaaa', input)).rejects.toMatchObject({
    name,
    message: expect.stringMatching(message),
  });
  world.aws.settings.advance(60);
  expect(await look(world)).toEqual([]);
});

test('an image shared with the account can be stored, at most 1,200 GB at once; at most 600 GB are restored', async () => {
  const world = await withBucket(declared);
  await store(world, 'ami-0ffffffffffffffff');
  const large = await store(world, 'ami-0bbbbbbbbbbbbbbbb');
  expect(await errorOf(store(world, 'ami-0aaaaaaaaaaaaaaaa'))).toBe('ResourceLimitExceeded');
  world.aws.settings.advance(60);
  expect(await errorOf(store(world, 'ami-0aaaaaaaaaaaaaaaa'))).toBe('no error');
  await restore(world, large, { Name: 'first' });
  expect(await errorOf(restore(world, large, { Name: 'second' }))).toBe('ResourceLimitExceeded');
  world.aws.settings.advance(60);
  expect(await errorOf(restore(world, large, { Name: 'second' }))).toBe('no error');
});

test('only an object with an AMI is restored, from a bucket of the region and the account', async () => {
  const world = await withBucket();
  await s3Of(world).send(new PutObjectCommand({ Bucket, Key: 'text.bin', Body: 'no AMI' }));
  const ask = (options: Parameters<World['ec2']>[0], ObjectKey = 'text.bin') =>
    world.ec2(options).send(new CreateRestoreImageTaskCommand({ Bucket, ObjectKey, Name: 'restored' }));
  await expect(ask({})).rejects.toThrow(/not an AMI/);
  await expect(ask({}, 'none.bin')).rejects.toThrow(/has no none.bin/);
  await expect(ask({ region: 'eu-west-1' })).rejects.toThrow(/must be in eu-west-1/);
  await expect(ask({ account: otherAccount })).rejects.toThrow(/denied/);
});

test('faults make a store task and a restored AMI fail', async () => {
  const world = await withBucket({ speed: 'quick' });
  const { id } = await makeImage(world, 'golden');
  const fails = (operation: string) =>
    world.faults.add([{ on: `ec2:${operation}`, does: { becomes: 'failed', reason: 'no luck' } }]);
  fails('CreateStoreImageTask');
  await store(world, id);
  expect(await look(world)).toMatchObject([{ StoreTaskState: 'Failed', StoreTaskFailureReason: 'no luck' }]);
  const key = await store(world, id);
  fails('CreateRestoreImageTask');
  const restored = await describe(world, await restore(world, key, { Name: 'restored' }));
  expect(restored).toMatchObject({ State: 'failed', StateReason: { Message: 'no luck' } });
});

test('a task fails if its snapshot is deleted; tasks are listed newest first, filtered, paged, for 31 days', async () => {
  const world = await withBucket();
  const [lost, kept] = [await makeImage(world, 'lost'), await makeImage(world, 'kept')];
  await store(world, lost.id);
  world.aws.settings.advance(1);
  await store(world, kept.id);
  await world.ec2().send(new DeregisterImageCommand({ ImageId: lost.id }));
  await world.ec2().send(new DeleteSnapshotCommand({ SnapshotId: lost.snapshot }));
  world.aws.settings.advance(60);
  const shown = await look(world);
  expect(shown.map(({ AmiId, StoreTaskState }) => [AmiId, StoreTaskState])).toEqual([
    [kept.id, 'Completed'],
    [lost.id, 'Failed'],
  ]);
  expect(shown[1]?.StoreTaskFailureReason).toMatch(/snapshot/);
  await expect(head(world, `${lost.id}.bin`)).rejects.toMatchObject({ name: 'NotFound' });
  const failed = await look(world, { Filters: [{ Name: 'task-state', Values: ['Failed'] }] });
  expect(failed.map(({ AmiId }) => AmiId)).toEqual([lost.id]);
  expect(await look(world, { Filters: [{ Name: 'bucket', Values: ['another'] }] })).toEqual([]);
  const first = await world.ec2().send(new DescribeStoreImageTasksCommand({ MaxResults: 1 }));
  expect(first.StoreImageTaskResults).toMatchObject([{ AmiId: kept.id }]);
  expect(await look(world, { NextToken: first.NextToken })).toMatchObject([{ AmiId: lost.id }]);
  expect(await errorOf(look(world, { ImageIds: [kept.id], MaxResults: 1 }))).toBe(
    'InvalidParameterCombination',
  );
  world.aws.settings.advance(31 * 24 * 3600);
  expect(await look(world)).toEqual([]);
});
