import {
  CreateImageCommand,
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  DescribeImageAttributeCommand,
  DescribeImagesCommand,
  type DescribeImagesCommandInput,
  DescribeSnapshotAttributeCommand,
  DescribeSnapshotsCommand,
  DisableImageCommand,
  EnableImageCommand,
  EnableImageDeprecationCommand,
  ModifyImageAttributeCommand,
  type ModifyImageAttributeCommandInput,
  ModifySnapshotAttributeCommand,
  paginateDescribeImages,
  RegisterImageCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { defaultAccount, otherAccount } from '../model/accounts.ts';
import { canonicalImage, describe, launch, makeImage } from '../testing/images.ts';
import { createWorld, errorOf, unblocked, type World } from '../testing/world.ts';

const ids = async (world: World, input: DescribeImagesCommandInput, account = defaultAccount) => {
  const { Images = [] } = await world.ec2({ account }).send(new DescribeImagesCommand(input));
  return Images.map(({ ImageId }) => ImageId);
};

test.each([
  ['ab', 'InvalidAMIName.Malformed'],
  ['a'.repeat(129), 'InvalidAMIName.Malformed'],
  ['with:colon', 'InvalidAMIName.Malformed'],
  ['naïve', 'InvalidAMIName.Malformed'],
  ["a/b.c-d'e@f_g (h) [i]", 'no error'],
  ['a'.repeat(128), 'no error'],
])('the AMI name %j: %s', async (Name, expected) => {
  const world = createWorld();
  const InstanceId = await launch(world);
  expect(await errorOf(world.ec2().send(new CreateImageCommand({ InstanceId, Name })))).toBe(expected);
});

test('a name belongs to one image in an account and region until that is deregistered', async () => {
  const world = createWorld();
  const instance = await launch(world);
  const first = await makeImage(world, 'the name', instance);
  const again = () => makeImage(world, 'the name', instance);
  expect(await errorOf(again())).toBe('InvalidAMIName.Duplicate');
  await world.ec2().send(new DisableImageCommand({ ImageId: first.id }));
  expect(await errorOf(again())).toBe('InvalidAMIName.Duplicate');
  await world.ec2().send(new DeregisterImageCommand({ ImageId: first.id }));
  expect((await again()).id).not.toBe(first.id);
});

test('a failed image remains with its reason and keeps its snapshot in use', async () => {
  const world = createWorld();
  world.faults.add([{ on: 'ec2:CreateImage', does: { becomes: 'failed', reason: 'bad luck' } }]);
  const { id, snapshot } = await makeImage(world, 'failing');
  expect(await describe(world, id)).toMatchObject({ State: 'failed', StateReason: { Message: 'bad luck' } });
  const remove = () => world.ec2().send(new DeleteSnapshotCommand({ SnapshotId: snapshot }));
  expect(await errorOf(remove())).toBe('InvalidSnapshot.InUse');
  await world.ec2().send(new DeregisterImageCommand({ ImageId: id }));
  expect(await errorOf(remove())).toBe('no error');
  expect(await errorOf(remove())).toBe('InvalidSnapshot.NotFound');
});

test('a deregistered image is not found by lookups and unavailable for use; its snapshots remain', async () => {
  const world = createWorld();
  const ec2 = world.ec2();
  const { id, snapshot } = await makeImage(world, 'gone');
  await ec2.send(new DeregisterImageCommand({ ImageId: id }));
  expect(await errorOf(ec2.send(new DescribeImagesCommand({ ImageIds: [id] })))).toBe(
    'InvalidAMIID.NotFound',
  );
  expect(await ids(world, { Owners: ['self'] })).toEqual([]);
  expect(await errorOf(ec2.send(new DeregisterImageCommand({ ImageId: id })))).toBe(
    'InvalidAMIID.Unavailable',
  );
  const run = new RunInstancesCommand({ ImageId: id, InstanceType: 't3.micro', MinCount: 1, MaxCount: 1 });
  expect(await errorOf(ec2.send(run))).toBe('InvalidAMIID.Unavailable');
  const { Snapshots } = await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }));
  expect(Snapshots?.map(({ SnapshotId }) => SnapshotId)).toEqual([snapshot]);
});

test('deregistering an image with its snapshots deletes those that no other image uses', async () => {
  const world = createWorld();
  const ec2 = world.ec2();
  const first = await makeImage(world, 'first');
  const registered = await ec2.send(
    new RegisterImageCommand({
      Name: 'second',
      Architecture: 'x86_64',
      VirtualizationType: 'hvm',
      RootDeviceName: '/dev/sda1',
      BlockDeviceMappings: [{ DeviceName: '/dev/sda1', Ebs: { SnapshotId: first.snapshot } }],
    }),
  );
  const deregister = async (ImageId: string | undefined) =>
    (await ec2.send(new DeregisterImageCommand({ ImageId, DeleteAssociatedSnapshots: true })))
      .DeleteSnapshotResults;
  expect(await deregister(first.id)).toEqual([{ SnapshotId: first.snapshot, ReturnCode: 'skipped' }]);
  expect(await deregister(registered.ImageId)).toEqual([
    { SnapshotId: first.snapshot, ReturnCode: 'success' },
  ]);
  expect((await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }))).Snapshots).toEqual([]);
});

test.each<[string, Partial<ModifyImageAttributeCommandInput>, Partial<ModifyImageAttributeCommandInput>]>([
  [
    'lists',
    { LaunchPermission: { Add: [{ UserId: otherAccount.id }] } },
    { LaunchPermission: { Remove: [{ UserId: otherAccount.id }] } },
  ],
  [
    'an operation and ids',
    { Attribute: 'launchPermission', OperationType: 'add', UserIds: [otherAccount.id] },
    { Attribute: 'launchPermission', OperationType: 'remove', UserIds: [otherAccount.id] },
  ],
  [
    'lists and the same ids once more, as Packer 1.6.6 does',
    { LaunchPermission: { Add: [{ UserId: otherAccount.id }] }, UserIds: [otherAccount.id] },
    { LaunchPermission: { Remove: [{ UserId: otherAccount.id }] }, UserIds: [otherAccount.id] },
  ],
  [
    'an operation and groups',
    { OperationType: 'add', UserGroups: ['all'] },
    { OperationType: 'remove', UserGroups: ['all'] },
  ],
])('an image is shared and made private by %s', async (_, share, withdraw) => {
  const world = createWorld({ behaviour: unblocked });
  const { id } = await makeImage(world, 'shared');
  const look = () => ids(world, { ImageIds: [id] }, otherAccount);
  expect(await errorOf(look())).toBe('InvalidAMIID.NotFound');
  await world.ec2().send(new ModifyImageAttributeCommand({ ImageId: id, ...share }));
  expect(await look()).toEqual([id]);
  const toAll = JSON.stringify(share).includes('all');
  expect((await describe(world, id)).Public).toBe(toAll);
  const attribute = new DescribeImageAttributeCommand({ ImageId: id, Attribute: 'launchPermission' });
  expect((await world.ec2().send(attribute)).LaunchPermissions).toEqual([
    toAll ? { Group: 'all' } : { UserId: otherAccount.id },
  ]);
  const asOther = world.ec2({ account: otherAccount });
  expect(await errorOf(asOther.send(attribute))).toBe('AuthFailure');
  expect(await errorOf(asOther.send(new DeregisterImageCommand({ ImageId: id })))).toBe('AuthFailure');
  await world.ec2().send(new ModifyImageAttributeCommand({ ImageId: id, ...withdraw }));
  expect(await errorOf(look())).toBe('InvalidAMIID.NotFound');
});

const organization = 'arn:aws:organizations::123456789012:organization/o-a1b2c3d4e5';
const unit = 'arn:aws:organizations::123456789012:ou/o-a1b2c3d4e5/ou-ab12-12345678';

test('an image is shared with organizations and units in both forms, each listed by its kind, until removed', async () => {
  const world = createWorld();
  const { id: ImageId } = await makeImage(world, 'for a company');
  const change = (input: Partial<ModifyImageAttributeCommandInput>) =>
    world.ec2().send(new ModifyImageAttributeCommand({ ImageId, ...input }));
  const permissions = async () =>
    (await world.ec2().send(new DescribeImageAttributeCommand({ ImageId, Attribute: 'launchPermission' })))
      .LaunchPermissions;
  const both = [{ OrganizationArn: organization }, { OrganizationalUnitArn: unit }];
  await change({ LaunchPermission: { Add: [...both, { UserId: otherAccount.id }] } });
  expect(await permissions()).toEqual([{ UserId: otherAccount.id }, both[0], both[1]]);
  await change({ OperationType: 'remove', OrganizationArns: [organization] });
  expect(await permissions()).toEqual([{ UserId: otherAccount.id }, { OrganizationalUnitArn: unit }]);
  await change({ LaunchPermission: { Remove: [{ OrganizationalUnitArn: unit }] } });
  await change({ OperationType: 'add', OrganizationalUnitArns: [unit] });
  expect((await describe(world, ImageId)).Public).toBe(false);
  await change({
    LaunchPermission: { Remove: [{ OrganizationalUnitArn: unit }, { UserId: otherAccount.id }] },
  });
  expect(await permissions()).toEqual([]);
});

test.each<[string, Partial<ModifyImageAttributeCommandInput>]>([
  ['InvalidAMIAttributeItemValue', { LaunchPermission: { Add: [{ OrganizationArn: 'o-a1b2c3d4e5' }] } }],
  ['InvalidAMIAttributeItemValue', { LaunchPermission: { Add: [{ OrganizationArn: unit }] } }],
  ['InvalidAMIAttributeItemValue', { OperationType: 'add', OrganizationalUnitArns: [organization] }],
  [
    'InvalidAMIAttributeItemValue',
    { LaunchPermission: { Add: [{ UserId: otherAccount.id, OrganizationArn: organization }] } },
  ],
  ['InvalidAMIAttributeItemValue', { LaunchPermission: { Add: [{ UserId: '12345' }] } }],
  ['InvalidAMIAttributeItemValue', { OperationType: 'add', UserGroups: ['everyone'] }],
  ['InvalidParameterCombination', {}],
  ['InvalidParameterCombination', { LaunchPermission: {} }],
  [
    'InvalidParameterCombination',
    { Description: { Value: 'x' }, LaunchPermission: { Add: [{ Group: 'all' }] } },
  ],
  ['InvalidParameterValue', { UserIds: [otherAccount.id] }],
  [
    'InvalidParameterCombination',
    { LaunchPermission: { Add: [{ UserId: otherAccount.id }] }, UserIds: ['111122223333'] },
  ],
])('%s for %j, and nothing is shared', async (code, change) => {
  const world = createWorld();
  const { id } = await makeImage(world, 'not shared');
  expect(await errorOf(world.ec2().send(new ModifyImageAttributeCommand({ ImageId: id, ...change })))).toBe(
    code,
  );
  expect(await errorOf(ids(world, { ImageIds: [id] }, otherAccount))).toBe('InvalidAMIID.NotFound');
});

test('which images are shown depends on the caller and the request', async () => {
  const world = createWorld();
  const { id } = await makeImage(world, 'mine');
  const permit = { ImageId: id, LaunchPermission: { Add: [{ UserId: otherAccount.id }] } };
  await world.ec2().send(new ModifyImageAttributeCommand(permit));
  const name = { Filters: [{ Name: 'name', Values: ['mi?e'] }] };
  expect(await ids(world, { Owners: ['self'] })).toEqual([id]);
  expect(await ids(world, { Owners: [defaultAccount.id], ...name }, otherAccount)).toEqual([id]);
  expect(await ids(world, { Owners: ['self'] }, otherAccount)).toEqual([]);
  expect(await ids(world, { ExecutableUsers: ['self'], ...name }, otherAccount)).toEqual([id]);
  expect(await ids(world, { ExecutableUsers: ['all'], ...name }, otherAccount)).toEqual([]);
  expect(await ids(world, { ExecutableUsers: [otherAccount.id], ...name })).toEqual([id]);
  expect(await ids(world, { Filters: [{ Name: 'name', Values: ['MINE'] }] })).toEqual([]);
  expect(await ids(world, { Filters: [{ Name: 'name', Values: ['mi\\?e'] }] })).toEqual([]);
  expect(await errorOf(ids(world, { Filters: [{ Name: 'colour', Values: ['red'] }] }))).toBe(
    'InvalidParameterValue',
  );
  expect(await errorOf(ids(world, { Owners: ['canonical'] }))).toBe('InvalidUserID.Malformed');
});

test('a disabled image is private, hidden unless requested, and cannot be launched', async () => {
  const world = createWorld();
  const { id, snapshot } = await makeImage(world, 'disabled');
  const share = { ImageId: id, LaunchPermission: { Add: [{ UserId: otherAccount.id }] } };
  await world.ec2().send(new ModifyImageAttributeCommand(share));
  await world.ec2().send(new DisableImageCommand({ ImageId: id }));
  expect(await ids(world, { Owners: ['self'] })).toEqual([]);
  expect(await ids(world, { Owners: ['self'], IncludeDisabled: true })).toEqual([id]);
  expect(await errorOf(ids(world, { ImageIds: [id] }, otherAccount))).toBe('InvalidAMIID.NotFound');
  const remove = new DeleteSnapshotCommand({ SnapshotId: snapshot });
  expect(await errorOf(world.ec2().send(remove))).toBe('InvalidSnapshot.InUse');
  await world.ec2().send(new EnableImageCommand({ ImageId: id }));
  expect(await ids(world, { Owners: ['self'] })).toEqual([id]);
  expect(await errorOf(ids(world, { ImageIds: [id] }, otherAccount))).toBe('InvalidAMIID.NotFound');
});

test('a deprecated image is hidden from others unless requested, by id or explicitly', async () => {
  let now = new Date('2026-10-01T00:00:00Z');
  const world = createWorld({ now: () => now, behaviour: unblocked });
  const { id } = await makeImage(world, 'old');
  await world
    .ec2()
    .send(new ModifyImageAttributeCommand({ ImageId: id, OperationType: 'add', UserGroups: ['all'] }));
  const deprecate = { ImageId: id, DeprecateAt: new Date('2026-10-02T00:00:00Z') };
  await world.ec2().send(new EnableImageDeprecationCommand(deprecate));
  const byOwner = { Owners: [defaultAccount.id] };
  expect(await ids(world, byOwner, otherAccount)).toEqual([id]);
  now = new Date('2026-10-03T00:00:00Z');
  expect(await ids(world, byOwner, otherAccount)).toEqual([]);
  expect(await ids(world, { ...byOwner, IncludeDeprecated: true }, otherAccount)).toEqual([id]);
  expect(await ids(world, { ImageIds: [id] }, otherAccount)).toEqual([id]);
  expect(await ids(world, byOwner)).toEqual([id]);
});

test('pages contain every image once, even if images are created and deregistered in between', async () => {
  const world = createWorld();
  const instance = await launch(world);
  const made = [];
  for (let count = 0; count < 5; count += 1)
    made.push((await makeImage(world, `page ${count}`, instance)).id);
  made.sort();
  const seen: (string | undefined)[] = [];
  const pages = paginateDescribeImages({ client: world.ec2(), pageSize: 2 }, { Owners: ['self'] });
  for await (const { Images = [] } of pages) {
    expect(Images.length).toBeLessThanOrEqual(2);
    seen.push(...Images.map(({ ImageId }) => ImageId));
    if (seen.length === 2) await world.ec2().send(new DeregisterImageCommand({ ImageId: made[1] }));
  }
  expect(seen).toEqual(made);
  const wrong = new DescribeImagesCommand({ Owners: ['self'], NextToken: 'made up' });
  expect(await errorOf(world.ec2().send(wrong))).toBe('InvalidParameterValue');
});

test('a snapshot is shared in both forms, and its permissions can be read back', async () => {
  const world = createWorld();
  const { snapshot: SnapshotId } = await makeImage(world, 'with a shared snapshot');
  const other = world.ec2({ account: otherAccount });
  const look = new DescribeSnapshotsCommand({ SnapshotIds: [SnapshotId] });
  const permissions = async () =>
    (
      await world
        .ec2()
        .send(new DescribeSnapshotAttributeCommand({ SnapshotId, Attribute: 'createVolumePermission' }))
    ).CreateVolumePermissions;
  expect(await errorOf(other.send(look))).toBe('InvalidSnapshot.NotFound');
  const lists = { Add: [{ UserId: otherAccount.id }] };
  await world.ec2().send(new ModifySnapshotAttributeCommand({ SnapshotId, CreateVolumePermission: lists }));
  expect((await other.send(look)).Snapshots).toHaveLength(1);
  expect(await permissions()).toEqual([{ UserId: otherAccount.id }]);
  const flat = {
    SnapshotId,
    Attribute: 'createVolumePermission' as const,
    OperationType: 'remove' as const,
    UserIds: [otherAccount.id],
  };
  await world.ec2().send(new ModifySnapshotAttributeCommand(flat));
  expect(await permissions()).toEqual([]);
  expect(await errorOf(other.send(look))).toBe('InvalidSnapshot.NotFound');
});

test.each([
  [
    'both adds and removes',
    'InvalidParameterCombination',
    { Add: [{ UserId: otherAccount.id }], Remove: [{ UserId: '111122223333' }] },
  ],
  [
    'names more than 500 accounts',
    'InvalidParameterValue',
    { Add: Array.from({ length: 501 }, (_, number) => ({ UserId: String(100_000_000_000 + number) })) },
  ],
])('a request that %s of a snapshot’s permissions is refused and changes nothing', async (_, code, lists) => {
  const world = createWorld();
  const { snapshot: SnapshotId } = await makeImage(world, 'with a snapshot');
  const change = new ModifySnapshotAttributeCommand({ SnapshotId, CreateVolumePermission: lists });
  expect(await errorOf(world.ec2().send(change))).toBe(code);
  const look = new DescribeSnapshotAttributeCommand({ SnapshotId, Attribute: 'createVolumePermission' });
  expect((await world.ec2().send(look)).CreateVolumePermissions).toEqual([]);
});

test('Canonical’s images have different ids in each region and can be launched, but not changed', async () => {
  const world = createWorld();
  const id = await canonicalImage(world);
  const elsewhere = world.ec2({ region: 'eu-west-1' });
  expect(await errorOf(elsewhere.send(new DescribeImagesCommand({ ImageIds: [id] })))).toBe(
    'InvalidAMIID.NotFound',
  );
  expect(await errorOf(world.ec2().send(new DeregisterImageCommand({ ImageId: id })))).toBe('AuthFailure');
  const arm = await canonicalImage(world, { release: '24.04', architecture: 'arm64' });
  expect(await describe(world, arm)).toMatchObject({
    Name: expect.stringMatching(/^ubuntu\/images\/hvm-ssd-gp3\/ubuntu-noble-24\.04-arm64-server-\d{8}$/),
    Architecture: 'arm64',
  });
});
