import {
  CreateSnapshotCommand,
  CreateVolumeCommand,
  type CreateVolumeCommandInput,
  DeleteSnapshotCommand,
  DeleteVolumeCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  RegisterImageCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { launch } from '../testing/images.ts';
import { createWorld, errorOf, type World } from '../testing/world.ts';

const rootVolume = async (world: World): Promise<string> => {
  const InstanceIds = [await launch(world)];
  const { Reservations } = await world.ec2().send(new DescribeInstancesCommand({ InstanceIds }));
  return Reservations?.[0]?.Instances?.[0]?.BlockDeviceMappings?.[0]?.Ebs?.VolumeId ?? '';
};

test('a snapshot of a volume is pending, then completed, and an image can be registered from it', async () => {
  const world = createWorld({ behaviour: { speed: { image: 60 } } });
  const ec2 = world.ec2();
  const VolumeId = await rootVolume(world);
  const made = await ec2.send(
    new CreateSnapshotCommand({
      VolumeId,
      Description: 'before the change',
      TagSpecifications: [{ ResourceType: 'snapshot', Tags: [{ Key: 'k', Value: 'v' }] }],
    }),
  );
  expect(made).toMatchObject({ VolumeId, State: 'pending', VolumeSize: 8, Tags: [{ Key: 'k', Value: 'v' }] });
  const SnapshotIds = [made.SnapshotId ?? ''];
  const look = async () => (await ec2.send(new DescribeSnapshotsCommand({ SnapshotIds }))).Snapshots?.[0];
  const register = new RegisterImageCommand({
    Name: 'registered',
    RootDeviceName: '/dev/sda1',
    BlockDeviceMappings: [{ DeviceName: '/dev/sda1', Ebs: { SnapshotId: made.SnapshotId } }],
  });
  expect(await look()).toMatchObject({ State: 'pending', Description: 'before the change' });
  expect(await errorOf(ec2.send(register))).toBe('IncorrectState');
  world.aws.settings.advance(60);
  expect(await look()).toMatchObject({ State: 'completed' });
  expect(await errorOf(ec2.send(register))).toBe('no error');
  const remove = new DeleteSnapshotCommand({ SnapshotId: made.SnapshotId });
  expect(await errorOf(ec2.send(remove))).toBe('InvalidSnapshot.InUse');
});

/** "Amazon EBS quotas": concurrent snapshots per volume. */
test('at most five snapshots of a volume are made at once; none of a missing volume', async () => {
  const world = createWorld({ behaviour: { speed: { image: 60 } } });
  const VolumeId = await rootVolume(world);
  const create = (id: string) => errorOf(world.ec2().send(new CreateSnapshotCommand({ VolumeId: id })));
  for (let at = 0; at < 5; at += 1) expect(await create(VolumeId)).toBe('no error');
  expect(await create(VolumeId)).toBe('ConcurrentSnapshotLimitExceeded');
  world.aws.settings.advance(60);
  expect(await create(VolumeId)).toBe('no error');
  expect(await create('vol-00000000000000001')).toBe('InvalidVolume.NotFound');
});

test('a volume is created empty or from a snapshot, shown, and deleted', async () => {
  const world = createWorld();
  const ec2 = world.ec2();
  const { SnapshotId } = await ec2.send(new CreateSnapshotCommand({ VolumeId: await rootVolume(world) }));
  const AvailabilityZone = 'us-east-1b';
  const ofSnapshot = await ec2.send(
    new CreateVolumeCommand({ AvailabilityZone, SnapshotId, VolumeType: 'gp3' }),
  );
  expect(ofSnapshot).toMatchObject({ State: 'creating', Size: 8, Iops: 3000, Throughput: 125, SnapshotId });
  const empty = { AvailabilityZone, Size: 100, ClientToken: 'once', Encrypted: true };
  const first = await ec2.send(new CreateVolumeCommand(empty));
  const again = await ec2.send(new CreateVolumeCommand(empty));
  expect(again.VolumeId).toBe(first.VolumeId);
  const VolumeIds = [ofSnapshot.VolumeId ?? '', first.VolumeId ?? ''];
  const look = async () => (await ec2.send(new DescribeVolumesCommand({ VolumeIds }))).Volumes;
  const shown = (await look())?.map(({ State, Encrypted, VolumeType, Iops }) => [
    State,
    Encrypted,
    VolumeType,
    Iops,
  ]);
  expect(shown?.sort()).toEqual([
    ['available', false, 'gp3', 3000],
    ['available', true, 'gp2', 300],
  ]);
  for (const VolumeId of VolumeIds) await ec2.send(new DeleteVolumeCommand({ VolumeId }));
  expect(await errorOf(look())).toBe('InvalidVolume.NotFound');
});

/** CreateVolume, API reference; "Amazon EBS volume types". */
test.each<[string, Partial<CreateVolumeCommandInput>]>([
  ['InvalidZone.NotFound', { AvailabilityZone: 'us-east-1z' }],
  ['InvalidParameterCombination', { AvailabilityZoneId: 'use1-az1' }],
  ['MissingParameter', { Size: undefined }],
  ['InvalidParameterValue', { Size: 0 }],
  ['InvalidParameterValue', { Size: 16_385 }],
  ['MissingParameter', { VolumeType: 'io1' }],
  ['InvalidParameterCombination', { Iops: 3000 }],
  ['InvalidSnapshot.NotFound', { SnapshotId: 'snap-00000000000000001' }],
  ['InvalidParameterDependency', { KmsKeyId: 'alias/ours' }],
])('CreateVolume is refused with %s for %o', async (code, input) => {
  const volume = { AvailabilityZone: 'us-east-1a', Size: 8, ...input };
  const call = new CreateVolumeCommand(volume as CreateVolumeCommandInput);
  expect(await errorOf(createWorld().ec2().send(call))).toBe(code);
});
