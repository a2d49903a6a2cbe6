/** Cases where third-party clients got another answer than AWS's. Each test names the client or the page that says so. */
import {
  CancelImageLaunchPermissionCommand,
  CopyImageCommand,
  CreateImageCommand,
  CreateKeyPairCommand,
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeImageAttributeCommand,
  DescribeImagesCommand,
  DescribeSnapshotAttributeCommand,
  type ImageAttributeName,
  ModifyImageAttributeCommand,
  ModifySnapshotAttributeCommand,
  RegisterImageCommand,
  type RegisterImageCommandInput,
  ResetImageAttributeCommand,
  ResetSnapshotAttributeCommand,
} from '@aws-sdk/client-ec2';
import { PutParameterCommand, type PutParameterCommandInput } from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import { otherAccount } from '../model/accounts.ts';
import { describe, launch, makeImage } from '../testing/images.ts';
import { createWorld, errorOf, unblocked, type World } from '../testing/world.ts';

const permissionsOf = async (world: World, ImageId: string) => {
  const attribute = new DescribeImageAttributeCommand({ ImageId, Attribute: 'launchPermission' });
  return (await world.ec2().send(attribute)).LaunchPermissions;
};

/** Cloud Custodian 0.9.53, `remove-launch-permissions` and `set-permissions` (c7n/resources/ami.py), sends both forms. */
test('an operation type beside matching lists is accepted, for images and snapshots', async () => {
  const world = createWorld();
  const ec2 = world.ec2();
  const { id: ImageId, snapshot: SnapshotId } = await makeImage(world, 'shared');
  const Add = [{ UserId: otherAccount.id }];
  await ec2.send(
    new ModifyImageAttributeCommand({ ImageId, LaunchPermission: { Add }, OperationType: 'add' }),
  );
  expect(await permissionsOf(world, ImageId)).toEqual(Add);
  const Remove = Add;
  await ec2.send(
    new ModifyImageAttributeCommand({ ImageId, LaunchPermission: { Remove }, OperationType: 'remove' }),
  );
  expect(await permissionsOf(world, ImageId)).toEqual([]);
  const opposite = new ModifyImageAttributeCommand({
    ImageId,
    LaunchPermission: { Add },
    OperationType: 'remove',
  });
  expect(await errorOf(ec2.send(opposite))).toBe('InvalidParameterCombination');

  const change = new ModifySnapshotAttributeCommand({
    SnapshotId,
    CreateVolumePermission: { Add },
    OperationType: 'add',
  });
  await ec2.send(change);
  const asked = new DescribeSnapshotAttributeCommand({ SnapshotId, Attribute: 'createVolumePermission' });
  expect((await ec2.send(asked)).CreateVolumePermissions).toEqual(Add);
});

/** DescribeImageAttribute, API reference: the valid values of `Attribute`; Cloud Custodian's `image-attribute` asks for the kernel. */
test.each<[ImageAttributeName, object]>([
  ['bootMode', { BootMode: { Value: 'uefi' } }],
  ['tpmSupport', { TpmSupport: { Value: 'v2.0' } }],
  ['uefiData', { UefiData: { Value: 'QU1aTlVFRkk=' } }],
  ['imdsSupport', { ImdsSupport: { Value: 'v2.0' } }],
  ['kernel', { KernelId: {} }],
  ['ramdisk', { RamdiskId: {} }],
])('the attribute %s of an image has the registered value', async (Attribute, expected) => {
  const world = createWorld();
  const { snapshot } = await makeImage(world, 'source');
  const { ImageId } = await world.ec2().send(
    new RegisterImageCommand({
      ...registration(snapshot),
      BootMode: 'uefi',
      TpmSupport: 'v2.0',
      ImdsSupport: 'v2.0',
      UefiData: 'QU1aTlVFRkk=',
    }),
  );
  const answer = await world.ec2().send(new DescribeImageAttributeCommand({ ImageId, Attribute }));
  expect(answer).toMatchObject({ ImageId, ...expected });
});

const registration = (SnapshotId: string): RegisterImageCommandInput => ({
  Name: 'registered',
  Architecture: 'x86_64',
  VirtualizationType: 'hvm',
  RootDeviceName: '/dev/sda1',
  BlockDeviceMappings: [{ DeviceName: '/dev/sda1', Ebs: { SnapshotId } }],
});

test('the boot mode of an image is shown, used by filters, and inherited by images of its instances', async () => {
  const world = createWorld();
  const ec2 = world.ec2();
  const { snapshot } = await makeImage(world, 'source');
  const { ImageId = '' } = await ec2.send(
    new RegisterImageCommand({
      ...registration(snapshot),
      EnaSupport: true,
      BootMode: 'uefi',
      TpmSupport: 'v2.0',
    }),
  );
  expect(await describe(world, ImageId)).toMatchObject({ BootMode: 'uefi', TpmSupport: 'v2.0' });
  const { id } = await makeImage(world, 'descendant', await launch(world, ImageId));
  expect(await describe(world, id)).toMatchObject({ BootMode: 'uefi', TpmSupport: 'v2.0' });
  const filter = new DescribeImagesCommand({
    Owners: ['self'],
    Filters: [{ Name: 'boot-mode', Values: ['uefi'] }],
  });
  expect((await ec2.send(filter)).Images?.map((image) => image.ImageId).sort()).toEqual([ImageId, id].sort());
});

/** DescribeImageAttribute, API reference: `blockDeviceMapping` is deprecated and "returns the Client.AuthFailure error". */
test('the deprecated attribute blockDeviceMapping is refused', async () => {
  const world = createWorld();
  const { id: ImageId } = await makeImage(world, 'mapped');
  const asked = new DescribeImageAttributeCommand({ ImageId, Attribute: 'blockDeviceMapping' });
  expect(await errorOf(world.ec2().send(asked))).toBe('AuthFailure');
});

const nested = (levels: number) => Array.from({ length: levels }, (_, level) => `/${level}`).join('');

test.each<[string, string, PutParameterCommandInput]>([
  // PutParameter, API reference: "a maximum of 15 levels".
  ['a name of 16 levels', 'HierarchyLevelLimitExceededException', { Name: nested(16), Value: 'v' }],
  ['a name of 15 levels', 'no error', { Name: nested(15), Value: 'v' }],
  // PutParameter, API reference: "Parameter Store does not support changing a parameter type in a hierarchy".
  [
    'another type of an existing parameter',
    'HierarchyTypeMismatchException',
    { Name: '/there', Value: 'a,b', Type: 'StringList', Overwrite: true },
  ],
  // PutParameter, API reference, `Description`: 1024 characters.
  [
    'a description of 1025 letters',
    'ValidationException',
    { Name: '/b', Value: 'v', Description: 'd'.repeat(1025) },
  ],
])('PutParameter of %s: %s', async (_, code, input) => {
  const ssm = createWorld().ssm();
  await ssm.send(new PutParameterCommand({ Name: '/there', Value: 'v', Type: 'String' }));
  expect(await errorOf(ssm.send(new PutParameterCommand({ Type: 'String', ...input })))).toBe(code);
});

/** "AMI quotas", EC2 User Guide: AMI sharing, 1,000 entities. */
test('an image is shared with at most a thousand accounts', async () => {
  const world = createWorld();
  const { id: ImageId } = await makeImage(world, 'popular');
  const share = (from: number, count: number) =>
    errorOf(
      world.ec2().send(
        new ModifyImageAttributeCommand({
          ImageId,
          OperationType: 'add',
          UserIds: Array.from({ length: count }, (_, index) => String(300_000_000_000 + from + index)),
        }),
      ),
    );
  expect(await share(0, 1000)).toBe('no error');
  expect(await share(1000, 1)).toBe('ResourceLimitExceeded');
  expect(await permissionsOf(world, ImageId)).toHaveLength(1000);
});

/** CreateTags, DeleteTags, API reference: "Up to 1000 resource IDs", "Up to 1000 tags". */
test('a call tags at most a thousand resources and deletes at most a thousand tags', async () => {
  const world = createWorld();
  const { id } = await makeImage(world, 'tagged');
  const create = new CreateTagsCommand({
    Resources: Array.from({ length: 1001 }, () => id),
    Tags: [{ Key: 'k', Value: 'v' }],
  });
  expect(await errorOf(world.ec2().send(create))).toBe('InvalidParameterValue');
  const remove = new DeleteTagsCommand({
    Resources: [id],
    Tags: Array.from({ length: 1001 }, (_, index) => ({ Key: `k${index}` })),
  });
  expect(await errorOf(world.ec2().send(remove))).toBe('InvalidParameterValue');
});

/** "Linux AMI virtualization types", EC2 User Guide: arm64 images are HVM; SUSE-Enceladus/ec2imgutils#19. */
test.each([
  ['arm64', 'paravirtual', 'InvalidParameterCombination'],
  ['arm64', 'hvm', 'no error'],
  ['x86_64', 'paravirtual', 'no error'],
] as const)('RegisterImage of %s with %s: %s', async (Architecture, VirtualizationType, code) => {
  const world = createWorld();
  const { snapshot } = await makeImage(world, 'source');
  const register = new RegisterImageCommand({ ...registration(snapshot), Architecture, VirtualizationType });
  expect(await errorOf(world.ec2().send(register))).toBe(code);
});

/** RegisterImage, API reference; "NitroTPM for Amazon EC2 instances", prerequisites; "EC2 boot modes". */
test.each<[string, Partial<RegisterImageCommandInput>]>([
  ['InvalidParameterValue', { BootMode: 'bios' as 'uefi' }],
  ['InvalidParameterValue', { ImdsSupport: 'v1.0' as 'v2.0' }],
  ['InvalidParameterValue', { BootMode: 'uefi', UefiData: 'not base64' }],
  ['InvalidParameterCombination', { TpmSupport: 'v2.0', BootMode: 'legacy-bios' }],
  ['InvalidParameterCombination', { UefiData: 'QU1aTlVFRkk=' }],
  ['InvalidParameterCombination', { Architecture: 'arm64', BootMode: 'legacy-bios' }],
])('RegisterImage is refused with %s for %o', async (code, input) => {
  const world = createWorld();
  const { snapshot } = await makeImage(world, 'source');
  const register = new RegisterImageCommand({ ...registration(snapshot), ...input });
  expect(await errorOf(world.ec2().send(register))).toBe(code);
});

/** From a series of wrong requests by botocore's models: an unknown enumeration value is refused whatever else is wrong. */
test('an unknown enumeration value is refused before a taken name and an unknown id', async () => {
  const ec2 = createWorld().ec2();
  await ec2.send(new CreateKeyPairCommand({ KeyName: 'taken' }));
  const pair = new CreateKeyPairCommand({ KeyName: 'taken', KeyType: 'dsa' as 'rsa' });
  expect(await errorOf(ec2.send(pair))).toBe('InvalidParameterValue');
  const ImageId = 'ami-00000000000000001';
  const change = new ModifyImageAttributeCommand({ ImageId, OperationType: 'replace' as 'add' });
  expect(await errorOf(ec2.send(change))).toBe('InvalidParameterValue');
  const SnapshotId = 'snap-00000000000000001';
  const snapshot = new ModifySnapshotAttributeCommand({ SnapshotId, OperationType: 'replace' as 'add' });
  expect(await errorOf(ec2.send(snapshot))).toBe('InvalidParameterValue');
});

/** wendylabsinc/WendyOS-Builder#56, plus3it/spel#33: refused by AWS at ModifyImageAttribute, Packer's last step. */
test.each([
  ['with a dash beyond ASCII', 'Web — release 1', 'InvalidParameterValue'],
  ['of 256 characters', 'd'.repeat(256), 'InvalidParameterValue'],
  ['of 255 characters', 'd'.repeat(255), 'no error'],
])('an AMI description %s, wherever it is given', async (_, Description, code) => {
  const world = createWorld();
  const ec2 = world.ec2();
  const InstanceId = await launch(world);
  const { id: ImageId, snapshot } = await makeImage(world, 'described', InstanceId);
  const modify = new ModifyImageAttributeCommand({ ImageId, Description: { Value: Description } });
  expect(await errorOf(ec2.send(modify))).toBe(code);
  const create = new CreateImageCommand({ InstanceId, Name: 'created', Description });
  expect(await errorOf(ec2.send(create))).toBe(code);
  const register = new RegisterImageCommand({ ...registration(snapshot), Description });
  expect(await errorOf(ec2.send(register))).toBe(code);
  const copy = { Name: 'copied', SourceRegion: 'us-east-1', SourceImageId: ImageId, Description };
  expect(await errorOf(world.ec2({ region: 'us-west-2' }).send(new CopyImageCommand(copy)))).toBe(code);
});

/** awslabs/amazon-eks-ami#1479: organizations do not span partitions. */
test('an image cannot be shared with an organization of another partition', async () => {
  const world = createWorld();
  const { id: ImageId } = await makeImage(world, 'shared');
  const OrganizationArns = [
    'arn:aws-us-gov:organizations::123456789012:organization/o-a1b2c3d4e5',
    'arn:aws-cn:organizations::123456789012:organization/o-a1b2c3d4e5',
  ];
  for (const arn of OrganizationArns) {
    const share = new ModifyImageAttributeCommand({ ImageId, OperationType: 'add', OrganizationArns: [arn] });
    expect(await errorOf(world.ec2().send(share))).toBe('InvalidAMIAttributeItemValue');
  }
});

test('a reset removes every permission of an image and of a snapshot', async () => {
  const world = createWorld({ behaviour: unblocked });
  const ec2 = world.ec2();
  const { id: ImageId, snapshot: SnapshotId } = await makeImage(world, 'shared');
  const Add = [{ UserId: otherAccount.id }, { Group: 'all' as const }];
  await ec2.send(new ModifyImageAttributeCommand({ ImageId, LaunchPermission: { Add } }));
  await ec2.send(new ResetImageAttributeCommand({ ImageId, Attribute: 'launchPermission' }));
  expect(await permissionsOf(world, ImageId)).toEqual([]);
  expect((await describe(world, ImageId)).Public).toBe(false);
  await ec2.send(new ModifySnapshotAttributeCommand({ SnapshotId, CreateVolumePermission: { Add } }));
  await ec2.send(new ResetSnapshotAttributeCommand({ SnapshotId, Attribute: 'createVolumePermission' }));
  const asked = new DescribeSnapshotAttributeCommand({ SnapshotId, Attribute: 'createVolumePermission' });
  expect((await ec2.send(asked)).CreateVolumePermissions).toEqual([]);
});

test('an account removes itself from the permission of another one’s image, and no longer sees it', async () => {
  const world = createWorld({ behaviour: unblocked });
  const { id: ImageId } = await makeImage(world, 'shared');
  const other = world.ec2({ account: otherAccount });
  const cancel = () => errorOf(other.send(new CancelImageLaunchPermissionCommand({ ImageId })));
  expect(await cancel()).toBe('InvalidAMIID.NotFound');
  const Add = [{ UserId: otherAccount.id }];
  await world.ec2().send(new ModifyImageAttributeCommand({ ImageId, LaunchPermission: { Add } }));
  expect(await cancel()).toBe('no error');
  expect(await permissionsOf(world, ImageId)).toEqual([]);
  expect(await errorOf(other.send(new DescribeImagesCommand({ ImageIds: [ImageId] })))).toBe(
    'InvalidAMIID.NotFound',
  );
  const open = { ImageId, LaunchPermission: { Add: [{ Group: 'all' as const }] } };
  await world.ec2().send(new ModifyImageAttributeCommand(open));
  expect(await cancel()).toBe('InvalidRequest');
});
