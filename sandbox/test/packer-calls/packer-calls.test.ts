import {
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeKeyPairsCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  type Instance,
  type Tag,
} from '@aws-sdk/client-ec2';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { manifestOf, putBundle } from '../../testing/bundles.ts';
import { s3Of } from '../../testing/s3-client.ts';
import { createWorld, type World } from '../../testing/world.ts';
import { type RecordedCall, recordingOf } from './recording.ts';
import { type ReplayedCall, replay } from './replay.ts';

const read = ({ service, operation, input, status }: Partial<ReplayedCall>) => ({
  service,
  operation,
  input: JSON.parse(JSON.stringify(input ?? {})),
  status,
});

/** Expects the recorded statuses, and in the sandbox's own log the recorded parameters, except for ids. */
const expectAsRecorded = (world: World, replayed: ReplayedCall[], recording: RecordedCall[]): void => {
  const outcome = ({ operation, status, error = '' }: ReplayedCall) => `${operation} ${status} ${error}`;
  expect(replayed.map(outcome)).toEqual(recording.map(outcome));
  const logged = world.aws.calls().filter(({ service }) => service !== 's3');
  expect(logged.map((call) => read(call as Partial<ReplayedCall>))).toEqual(replayed.map(read));
};

const tagsOf = (tags: Tag[] = []) => Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));

const instancesOf = async (world: World): Promise<Instance[]> => {
  const { Reservations = [] } = await world.ec2().send(new DescribeInstancesCommand({}));
  return Reservations.flatMap(({ Instances = [] }) => Instances);
};

/** The account's images, by the endings of their names. */
const imagesOf = async (world: World) => {
  const { Images = [] } = await world.ec2().send(new DescribeImagesCommand({ Owners: ['self'] }));
  return Object.fromEntries(Images.map((image) => [image.Name?.split(' ').at(-1) ?? '', image]));
};

/** Builders are terminated, and nothing that Packer creates for a single build is left. */
const expectNothingTemporary = async (world: World): Promise<void> => {
  const [ec2, instances] = [world.ec2(), await instancesOf(world)];
  expect(new Set(instances.map(({ State }) => State?.Name))).toEqual(new Set(['terminated']));
  expect(world.machines.size).toBe(0);
  expect((await ec2.send(new DescribeVolumesCommand({}))).Volumes).toEqual([]);
  expect((await ec2.send(new DescribeKeyPairsCommand({}))).KeyPairs).toEqual([]);
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({}));
  expect(SecurityGroups?.map(({ GroupName }) => GroupName)).toEqual(['default']);
};

/** Packer pauses between its calls; without that, request rates would apply. */
const oneSecondLater = async (world: World): Promise<void> => {
  world.aws.settings.advance(1);
};

test('the calls of amazon-ebs of Packer 1.16 are answered as recorded, and leave its AMIs alone', async () => {
  const world = createWorld();
  const recording = recordingOf('amazon-ebs');
  const replayed = await replay(world, recording, () => oneSecondLater(world));
  expectAsRecorded(world, replayed, recording);
  await expectNothingTemporary(world);

  const instances = await instancesOf(world);
  expect(instances.length).toBe(5);
  for (const { CapacityReservationSpecification, EnclaveOptions } of instances) {
    expect(CapacityReservationSpecification).toEqual({ CapacityReservationPreference: 'none' });
    expect(EnclaveOptions).toEqual({ Enabled: false });
  }
  const images = await imagesOf(world);
  expect(Object.keys(images).toSorted()).toEqual(['dep', 'filt', 'imds', 'plain', 'vols']);
  const { Snapshots = [] } = await world.ec2().send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }));
  expect(Snapshots.length).toBe(6);
  for (const [name, image] of Object.entries(images)) {
    const target = `us-east-1-${name}`;
    const builder = instances.find(({ InstanceId }) => InstanceId === image.SourceInstanceId);
    expect(tagsOf(builder?.Tags)['gopackgo:target']).toBe(target);
    const own = (image.BlockDeviceMappings ?? []).flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []);
    expect(own.length).toBe(name === 'vols' ? 2 : 1);
    const tagged = Snapshots.filter(({ SnapshotId = '' }) => own.includes(SnapshotId)).map(
      ({ Tags }) => Tags,
    );
    for (const tags of [image.Tags, ...tagged]) {
      expect(tagsOf(tags)).toMatchObject({
        'gopackgo:release': 'rec@1.0.0',
        'gopackgo:target': target,
        'gopackgo:attempt': expect.any(String),
      });
    }
  }
  expect(images).toMatchObject({
    plain: { State: 'available', Public: false, RootDeviceType: 'ebs' },
    imds: { ImdsSupport: 'v2.0' },
    dep: { DeprecationTime: '2028-01-01T00:00:00.000Z', Description: 'a description' },
  });
  // Noble's images have it and pass it on; jammy's do not.
  expect(images.plain).toMatchObject({ ImdsSupport: 'v2.0', BootMode: 'uefi-preferred' });
  expect(images.dep?.ImdsSupport).toBeUndefined();
  expect(images.plain?.DeprecationTime).toBeUndefined();
  expect(tagsOf(images.dep?.Tags)).toMatchObject({ A: 'b', R: 'r' });
  const devices = images.vols?.BlockDeviceMappings?.map(
    ({ DeviceName, VirtualName, Ebs }) => `${DeviceName} ${VirtualName ?? `${Ebs?.VolumeSize} GiB`}`,
  );
  expect(devices).toEqual(
    expect.arrayContaining(['/dev/sda1 20 GiB', '/dev/sdf 100 GiB', '/dev/sdg ephemeral0']),
  );
});

test('the calls of amazon-instance of Packer 1.16 are answered as recorded, and register its bundles', async () => {
  const world = createWorld({ behaviour: { accounts: [{ instanceProfiles: ['gopackgo-bundler'] }] } });
  const s3 = s3Of(world);
  const Bucket = 'gopackgo-123456789012-test-instance-1-0-0-us-east-1';
  await s3.send(new CreateBucketCommand({ Bucket, ObjectOwnership: 'BucketOwnerPreferred' }));
  const recording = recordingOf('amazon-instance');
  /** By the time Packer registers the bundle, the AMI tools, which Packer starts over SSH, have uploaded it. */
  const replayed = await replay(world, recording, async ({ operation, input }) => {
    await oneSecondLater(world);
    if (operation !== 'RegisterImage') return;
    const manifest = String(input.ImageLocation).slice(Bucket.length + 1);
    const parts = { 'image.part.00': '-', 'image.part.01': '-' };
    await putBundle(s3, Bucket, { [manifest]: manifestOf(), ...parts });
  });
  expectAsRecorded(world, replayed, recording);
  await expectNothingTemporary(world);

  const instances = await instancesOf(world);
  expect(instances.map(({ IamInstanceProfile }) => IamInstanceProfile?.Arn?.split('/').at(-1))).toEqual([
    'gopackgo-bundler',
    'gopackgo-bundler',
  ]);
  const preferences = instances.map((instance) => instance.CapacityReservationSpecification);
  expect(preferences).toEqual([
    { CapacityReservationPreference: 'none' },
    { CapacityReservationPreference: 'none' },
  ]);
  const images = await imagesOf(world);
  const registered = (name: string, VirtualizationType: string) => ({
    State: 'available',
    RootDeviceType: 'instance-store',
    ImageLocation: `${Bucket}/${name}.manifest.xml`,
    VirtualizationType,
  });
  expect(images).toMatchObject({
    '1404-pv': registered('1404-pv', 'paravirtual'),
    '1404-hvm': registered('1404-hvm', 'hvm'),
  });
  for (const [name, image] of Object.entries(images)) {
    expect(tagsOf(image.Tags)['gopackgo:target']).toBe(`us-east-1-${name}`);
  }
});
