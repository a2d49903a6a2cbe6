import {
  DeregisterImageCommand,
  RegisterImageCommand,
  type RegisterImageCommandInput,
} from '@aws-sdk/client-ec2';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectAclCommand,
  HeadObjectCommand,
  PutBucketOwnershipControlsCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { otherAccount } from '../../model/accounts.ts';
import { manifestOf, putBundle } from '../../testing/bundles.ts';
import { describe, launch } from '../../testing/images.ts';
import { s3Of } from '../../testing/s3-client.ts';
import { errorOf } from '../../testing/world.ts';
import { withBucket } from '../s3/bucket.ts';

const bundle = {
  'a/image.manifest.xml': manifestOf(),
  'a/image.part.00': '-',
  'a/image.part.01': '-',
};
const ImageLocation = 'a-bucket/a/image.manifest.xml';

/** A world whose bucket accepts ACLs and has a bundle. */
const withBundle = async (objects: Record<string, string> = bundle) => {
  const world = await withBucket({ ObjectOwnership: 'BucketOwnerPreferred' });
  await putBundle(world.s3, 'a-bucket', objects);
  const register = (input: Partial<RegisterImageCommandInput> = {}, client = {}) =>
    world.ec2(client).send(new RegisterImageCommand({ Name: 'bundled', ImageLocation, ...input }));
  return { ...world, register };
};

test('a bundle becomes an image with its root on instance-store, and its objects outlive it', async () => {
  const world = await withBundle();
  const { ImageId = '' } = await world.register();
  const image = await describe(world, ImageId);
  expect(image).toMatchObject({
    Name: 'bundled',
    ImageLocation,
    ImageType: 'machine',
    State: 'available',
    Architecture: 'x86_64',
    VirtualizationType: 'paravirtual',
    RootDeviceType: 'instance-store',
    RootDeviceName: '/dev/sda1',
    BlockDeviceMappings: [],
    EnaSupport: false,
    Public: false,
  });
  expect(await errorOf(world.register())).toBe('InvalidAMIName.Duplicate');
  await world.ec2().send(new DeregisterImageCommand({ ImageId, DeleteAssociatedSnapshots: true }));
  const Key = 'a/image.manifest.xml';
  expect(await errorOf(world.s3.send(new HeadObjectCommand({ Bucket: 'a-bucket', Key })))).toBe('no error');
  const { Grants } = await world.s3.send(new GetObjectAclCommand({ Bucket: 'a-bucket', Key }));
  expect(Grants?.map(({ Permission }) => Permission)).toEqual(['FULL_CONTROL', 'READ']);
});

test('the request sets the properties of an image, except for the architecture', async () => {
  const world = await withBundle();
  const { ImageId = '' } = await world.register({
    VirtualizationType: 'hvm',
    EnaSupport: true,
    SriovNetSupport: 'simple',
    BlockDeviceMappings: [{ DeviceName: '/dev/sdb', VirtualName: 'ephemeral0' }],
  });
  expect(await describe(world, ImageId)).toMatchObject({
    VirtualizationType: 'hvm',
    EnaSupport: true,
    SriovNetSupport: 'simple',
    BlockDeviceMappings: [{ DeviceName: '/dev/sdb', VirtualName: 'ephemeral0' }],
  });
  const other = { Name: 'another', Architecture: 'i386' } as const;
  expect(await errorOf(world.register(other))).toBe('InvalidParameterValue');
  const volume = [{ DeviceName: '/dev/sdf', Ebs: { VolumeSize: 1 } }];
  expect(await errorOf(world.register({ Name: 'another', BlockDeviceMappings: volume }))).toBe(
    'InvalidBlockDeviceMapping',
  );
});

test.each([
  ['a-bucket//a/image.manifest.xml', '403 (Forbidden)'],
  ['/a-bucket/a/image.manifest.xml', 'Invalid manifest location'],
  ['a-bucket', 'Invalid manifest location'],
  ['a-bucket/b/image.manifest.xml', '403 (Forbidden)'],
  ['no-bucket-of-mine/image.manifest.xml', '404 (Not Found)'],
])('no manifest is found at %s: %s', async (location, message) => {
  const world = await withBundle();
  await expect(world.register({ ImageLocation: location })).rejects.toMatchObject({
    name: 'InvalidManifest',
    message: expect.stringContaining(message),
  });
});

test('EC2 reads a bundle only through its objects’ ACLs', async () => {
  const world = await withBundle({});
  await putBundle(world.s3, 'a-bucket', bundle, 'private');
  expect(await errorOf(world.register())).toBe('InvalidManifest');
  await putBundle(world.s3, 'a-bucket', bundle);
  await world.s3.send(
    new PutBucketOwnershipControlsCommand({
      Bucket: 'a-bucket',
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    }),
  );
  expect(await errorOf(world.register())).toBe('InvalidManifest');
  expect(await errorOf(putBundle(world.s3, 'a-bucket', bundle))).toBe('AccessControlListNotSupported');
});

test('a bundle must be in the called region, and belong to the calling account', async () => {
  const world = await withBundle();
  expect(await errorOf(world.register({}, { region: 'us-west-2' }))).toBe('InvalidManifest');
  expect(await errorOf(world.register({}, { account: otherAccount }))).toBe('InvalidManifest');
  const far = s3Of(world, { region: 'us-west-2' });
  await far.send(
    new CreateBucketCommand({
      Bucket: 'far',
      ObjectOwnership: 'BucketOwnerPreferred',
      CreateBucketConfiguration: { LocationConstraint: 'us-west-2' },
    }),
  );
  await putBundle(far, 'far', bundle);
  const there = { ImageLocation: 'far/a/image.manifest.xml' };
  expect(await errorOf(world.register(there, { region: 'us-west-2' }))).toBe('no error');
});

test('every part in the manifest must exist', async () => {
  const world = await withBundle();
  await world.s3.send(new DeleteObjectCommand({ Bucket: 'a-bucket', Key: 'a/image.part.01' }));
  await expect(world.register()).rejects.toMatchObject({
    name: 'InvalidManifest',
    message: expect.stringContaining('a-bucket/a/image.part.01'),
  });
});

test.each([
  ['no XML', 'manifest: {}'],
  ['another document', '<html><body/></html>'],
  ['no parts', manifestOf({ parts: [] })],
  ['an architecture that bundles do not have', manifestOf({ architecture: 'arm64' })],
])('a manifest that is %s is refused', async (_what, text) => {
  const world = await withBundle({ ...bundle, 'a/image.manifest.xml': text });
  expect(await errorOf(world.register())).toBe('InvalidManifest');
});

test('an EBS image still needs its snapshots', async () => {
  const world = await withBucket();
  await launch(world);
  const register = (input: Partial<RegisterImageCommandInput>) =>
    errorOf(world.ec2().send(new RegisterImageCommand({ Name: 'bare', ...input })));
  expect(await register({})).toBe('MissingParameter');
  expect(await register({ RootDeviceName: '/dev/sda1' })).toBe('InvalidBlockDeviceMapping');
});
