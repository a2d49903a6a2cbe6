import {
  CopyImageCommand,
  type CopyImageCommandInput,
  CopySnapshotCommand,
  CreateImageCommand,
  DeleteSnapshotCommand,
  DescribeImagesCommand,
  DescribeSnapshotsCommand,
  EnableEbsEncryptionByDefaultCommand,
  ModifyImageAttributeCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import type { Behaviour } from '../model/behaviour.ts';
import { launch, makeImage } from '../testing/images.ts';
import { createWorld, errorOf, type World } from '../testing/world.ts';

const region = 'eu-west-1';

const withImage = async (behaviour: Behaviour = {}) => {
  const world = createWorld({ behaviour });
  const image = await makeImage(world, 'original');
  const copy = async (more: Partial<CopyImageCommandInput> = {}) =>
    (
      await world.ec2({ region }).send(
        new CopyImageCommand({
          Name: 'the copy',
          SourceImageId: image.id,
          SourceRegion: 'us-east-1',
          ...more,
        }),
      )
    ).ImageId ?? '';
  return { world, copy, ...image };
};

const own = async (world: World) =>
  (await world.ec2({ region }).send(new DescribeImagesCommand({ Owners: ['self'] }))).Images ?? [];
const snapshots = async (world: World) =>
  (await world.ec2({ region }).send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }))).Snapshots ?? [];

test('one token makes one copy; without a token, or with another one, a second copy may have the same name', async () => {
  const { world, copy } = await withImage();
  const first = await copy({ ClientToken: 'a' });
  expect(await copy({ ClientToken: 'a' })).toBe(first);
  expect(await errorOf(copy({ ClientToken: 'a', Name: 'another' }))).toBe('IdempotentParameterMismatch');
  const more = [await copy({ ClientToken: 'b' }), await copy()];
  expect(new Set([first, ...more]).size).toBe(3);
  expect((await own(world)).map(({ Name }) => Name)).toEqual(['the copy', 'the copy', 'the copy']);
  // Unlike for CreateImage, for which the name is now taken.
  const instance = await launch(world);
  const create = new CreateImageCommand({ InstanceId: instance, Name: 'original' });
  expect(await errorOf(world.ec2().send(create))).toBe('InvalidAMIName.Duplicate');
});

test('a copy is pending for its time, and has its own snapshots and the requested tags', async () => {
  const { world, copy, snapshot } = await withImage({ speed: { copy: 180 } });
  const id = await copy({
    TagSpecifications: [
      { ResourceType: 'image', Tags: [{ Key: 'a', Value: 'image' }] },
      { ResourceType: 'snapshot', Tags: [{ Key: 'a', Value: 'snapshot' }] },
    ],
  });
  const states = async () => [
    ...(await own(world)).map(({ State }) => State),
    ...(await snapshots(world)).map(({ State }) => State),
  ];
  expect(await states()).toEqual(['pending', 'pending']);
  const describe = new ModifyImageAttributeCommand({
    ImageId: id,
    OperationType: 'add',
    UserIds: ['210987654321'],
  });
  expect(await errorOf(world.ec2({ region }).send(describe))).toBe('InvalidAMIID.Unavailable');
  world.aws.settings.advance(120);
  expect(await states()).toEqual(['pending', 'pending']);
  world.aws.settings.advance(60);
  expect(await states()).toEqual(['available', 'completed']);
  const [made] = await snapshots(world);
  expect(made?.SnapshotId).not.toBe(snapshot);
  expect(made?.Tags).toEqual([{ Key: 'a', Value: 'snapshot' }]);
  expect((await own(world))[0]).toMatchObject({
    Tags: [{ Key: 'a', Value: 'image' }],
    BlockDeviceMappings: expect.arrayContaining([
      { DeviceName: '/dev/sda1', Ebs: expect.objectContaining({ SnapshotId: made?.SnapshotId }) },
    ]),
  });
  const remove = new DeleteSnapshotCommand({ SnapshotId: made?.SnapshotId });
  expect(await errorOf(world.ec2({ region }).send(remove))).toBe('InvalidSnapshot.InUse');
});

test('at most twenty snapshots are copied to a region at once, including those of images', async () => {
  const { world, copy, snapshot } = await withImage({ speed: { copy: 60 } });
  for (let count = 0; count < 19; count += 1) await copy({ Name: `copy ${count}` });
  const one = (into: string) =>
    world
      .ec2({ region: into })
      .send(new CopySnapshotCommand({ SourceSnapshotId: snapshot, SourceRegion: 'us-east-1' }));
  expect(await errorOf(one(region))).toBe('no error');
  expect(await errorOf(one(region))).toBe('ResourceLimitExceeded');
  expect(await errorOf(copy())).toBe('ResourceLimitExceeded');
  expect(await errorOf(one('eu-west-2'))).toBe('no error');
  world.aws.settings.advance(60);
  expect(await errorOf(copy())).toBe('no error');
});

test.each<[string, Partial<CopyImageCommandInput>, string]>([
  ['a key without encryption', { KmsKeyId: 'alias/mine' }, 'InvalidParameterDependency'],
  ['a missing image', { SourceImageId: 'ami-0123456789abcdef0' }, 'InvalidAMIID.NotFound'],
  ['an unknown region', { SourceRegion: 'eu-west-9' }, 'InvalidParameterValue'],
  ['a region that is off', { SourceRegion: 'af-south-1' }, 'AuthFailure'],
  ['an invalid name', { Name: 'a:b' }, 'InvalidAMIName.Malformed'],
])('CopyImage with %s is refused', async (_, input, code) => {
  const { world, copy } = await withImage();
  expect(await errorOf(copy(input))).toBe(code);
  expect(await snapshots(world)).toEqual([]);
});

test('a copy is encrypted on request or by default, and fails later if the key does not exist', async () => {
  const { world, copy } = await withImage({ accounts: [{ region, kmsKeys: ['alias/mine'] }] });
  const keyOf = async (image: string) => {
    const { BlockDeviceMappings } = (await own(world)).find(({ ImageId }) => ImageId === image) ?? {};
    const made = (await snapshots(world)).find(
      ({ SnapshotId }) => SnapshotId === BlockDeviceMappings?.[0]?.Ebs?.SnapshotId,
    );
    return [made?.Encrypted, made?.KmsKeyId];
  };
  expect(await keyOf(await copy())).toEqual([false, undefined]);
  const managed = await keyOf(await copy({ Encrypted: true }));
  const mine = await keyOf(await copy({ Encrypted: true, KmsKeyId: 'alias/mine' }));
  expect([managed[0], mine[0]]).toEqual([true, true]);
  expect(mine[1]).not.toBe(managed[1]);
  await world.ec2({ region }).send(new EnableEbsEncryptionByDefaultCommand({}));
  expect(await keyOf(await copy())).toEqual(managed);

  const failing = await copy({ Encrypted: true, KmsKeyId: 'alias/nobody-s', Name: 'failing' });
  const look = new DescribeImagesCommand({ ImageIds: [failing] });
  expect((await world.ec2({ region }).send(look)).Images?.[0]).toMatchObject({
    State: 'failed',
    StateReason: { Code: 'Client.InvalidKmsKey' },
  });
});

test('a copied snapshot names its source, and belongs to the caller', async () => {
  const { world, snapshot } = await withImage();
  const { SnapshotId } = await world.ec2({ region }).send(
    new CopySnapshotCommand({
      SourceSnapshotId: snapshot,
      SourceRegion: 'us-east-1',
      TagSpecifications: [{ ResourceType: 'snapshot', Tags: [{ Key: 'a', Value: 'b' }] }],
    }),
  );
  expect(await snapshots(world)).toMatchObject([
    { SnapshotId, Description: `[Copied ${snapshot} from us-east-1]`, Tags: [{ Key: 'a', Value: 'b' }] },
  ]);
  expect(await errorOf(world.ec2({ region }).send(new DeleteSnapshotCommand({ SnapshotId })))).toBe(
    'no error',
  );
});

test('the snapshots of a timed copy show its duration, in steps of 15 minutes', async () => {
  const { world, copy } = await withImage();
  await copy({ SnapshotCopyCompletionDurationMinutes: 45 });
  expect(await snapshots(world)).toMatchObject([
    { TransferType: 'time-based', CompletionDurationMinutes: 45 },
  ]);
  for (const minutes of [0, 10, 20, 2_895]) {
    expect(await errorOf(copy({ SnapshotCopyCompletionDurationMinutes: minutes }))).toBe(
      'InvalidParameterValue',
    );
  }
  await copy();
  const plain = (await snapshots(world)).filter(({ TransferType }) => TransferType === 'standard');
  expect(plain.map(({ CompletionDurationMinutes }) => CompletionDurationMinutes)).toEqual([undefined]);
  const filter = new DescribeSnapshotsCommand({
    Filters: [{ Name: 'transfer-type', Values: ['time-based'] }],
  });
  expect((await world.ec2({ region }).send(filter)).Snapshots).toHaveLength(1);
  const { Snapshots } = await world.ec2().send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }));
  expect(Snapshots?.map(({ TransferType }) => TransferType)).toEqual([undefined]);
});

test('a copy fails by a fault once its time is over, and its token returns the failed one again', async () => {
  const { world, copy } = await withImage({ speed: { copy: 60 } });
  world.faults.add([{ on: 'ec2:CopyImage', does: { becomes: 'failed', reason: 'no disk' } }]);
  const id = await copy({ ClientToken: 'a' });
  expect((await own(world)).map(({ State }) => State)).toEqual(['pending']);
  world.aws.settings.advance(60);
  expect(await own(world)).toMatchObject([
    { ImageId: id, State: 'failed', StateReason: { Code: 'Server.InternalError', Message: 'no disk' } },
  ]);
  expect(await copy({ ClientToken: 'a' })).toBe(id);
});
