import {
  CreateSecurityGroupCommand,
  DescribeImagesCommand,
  DescribeRegionsCommand,
  DescribeSnapshotsCommand,
  DescribeSubnetsCommand,
  DescribeVolumesCommand,
  DescribeVpcsCommand,
  DisableImageBlockPublicAccessCommand,
  DisableSnapshotBlockPublicAccessCommand,
  EnableAllowedImagesSettingsCommand,
  EnableEbsEncryptionByDefaultCommand,
  EnableImageBlockPublicAccessCommand,
  EnableSnapshotBlockPublicAccessCommand,
  GetAllowedImagesSettingsCommand,
  GetEbsDefaultKmsKeyIdCommand,
  GetEbsEncryptionByDefaultCommand,
  GetImageBlockPublicAccessStateCommand,
  GetSnapshotBlockPublicAccessStateCommand,
  ModifyEbsDefaultKmsKeyIdCommand,
  ModifyImageAttributeCommand,
  ModifySnapshotAttributeCommand,
  ReplaceImageCriteriaInAllowedImagesSettingsCommand,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { GetParametersCommand } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import { otherAccount } from '../model/accounts.ts';
import { canonicalAccount } from '../model/published-images.ts';
import { canonicalImage, launch, makeImage } from '../testing/images.ts';
import { createWorld, errorOf, unblocked, type World } from '../testing/world.ts';

const openImage = (ImageId: string) =>
  new ModifyImageAttributeCommand({ ImageId, OperationType: 'add', UserGroups: ['all'] });
const shareImage = (ImageId: string) =>
  new ModifyImageAttributeCommand({ ImageId, OperationType: 'add', UserIds: [otherAccount.id] });
const openSnapshot = (SnapshotId: string) =>
  new ModifySnapshotAttributeCommand({ SnapshotId, OperationType: 'add', GroupNames: ['all'] });
const shareSnapshot = (SnapshotId: string) =>
  new ModifySnapshotAttributeCommand({ SnapshotId, OperationType: 'add', UserIds: [otherAccount.id] });

const runOf = async (world: World, more: Partial<RunInstancesCommandInput> = {}) =>
  new RunInstancesCommand({
    ImageId: await canonicalImage(world),
    InstanceType: 't3.micro',
    MinCount: 1,
    MaxCount: 1,
    ...more,
  });

describe('block public access', () => {
  test('for images is on in a new account, in each region: they can be shared with accounts, but not publicly', async () => {
    const world = createWorld();
    const ec2 = world.ec2();
    const { id } = await makeImage(world, 'wanted');
    const state = async () =>
      (await ec2.send(new GetImageBlockPublicAccessStateCommand({}))).ImageBlockPublicAccessState;
    expect(await state()).toBe('block-new-sharing');
    const refused = ec2.send(openImage(id));
    expect(await errorOf(refused)).toBe('OperationNotPermitted');
    await expect(refused).rejects.toThrow('DisableImageBlockPublicAccess');
    expect(await errorOf(ec2.send(shareImage(id)))).toBe('no error');
    await world.ec2({ region: 'eu-west-1' }).send(new DisableImageBlockPublicAccessCommand({}));
    expect(await errorOf(ec2.send(openImage(id)))).toBe('OperationNotPermitted');
    await ec2.send(new DisableImageBlockPublicAccessCommand({}));
    expect(await state()).toBe('unblocked');
    expect(await errorOf(ec2.send(openImage(id)))).toBe('no error');
    // Public images stay public.
    const block = { ImageBlockPublicAccessState: 'block-new-sharing' as const };
    await ec2.send(new EnableImageBlockPublicAccessCommand(block));
    const { Images } = await world
      .ec2({ account: otherAccount })
      .send(new DescribeImagesCommand({ ImageIds: [id] }));
    expect(Images?.[0]?.Public).toBe(true);
  });

  test('for all snapshots hides public ones and keeps their permission', async () => {
    const world = createWorld();
    const ec2 = world.ec2();
    const { snapshot } = await makeImage(world, 'any');
    expect((await ec2.send(new GetSnapshotBlockPublicAccessStateCommand({}))).State).toBe('unblocked');
    await ec2.send(openSnapshot(snapshot));
    const seen = async () =>
      errorOf(
        world.ec2({ account: otherAccount }).send(new DescribeSnapshotsCommand({ SnapshotIds: [snapshot] })),
      );
    expect(await seen()).toBe('no error');
    await ec2.send(new EnableSnapshotBlockPublicAccessCommand({ State: 'block-new-sharing' }));
    expect(await seen()).toBe('no error');
    expect(await errorOf(ec2.send(openSnapshot(snapshot)))).toBe('OperationNotPermitted');
    await ec2.send(new EnableSnapshotBlockPublicAccessCommand({ State: 'block-all-sharing' }));
    expect(await seen()).toBe('InvalidSnapshot.NotFound');
    await ec2.send(new DisableSnapshotBlockPublicAccessCommand({}));
    expect(await seen()).toBe('no error');
  });
});

describe('encryption by default', () => {
  const images = async (world: World) => {
    const { id, snapshot } = await makeImage(world, 'encrypted');
    return { id, snapshot, ec2: world.ec2() };
  };

  test('encrypts volumes and images with AWS’s own key, so that they cannot be shared', async () => {
    const world = createWorld({ behaviour: unblocked });
    expect((await world.ec2().send(new GetEbsEncryptionByDefaultCommand({}))).EbsEncryptionByDefault).toBe(
      false,
    );
    await world.ec2().send(new EnableEbsEncryptionByDefaultCommand({}));
    const { id, snapshot, ec2 } = await images(world);
    const { Volumes } = await ec2.send(new DescribeVolumesCommand({}));
    expect(Volumes?.map(({ Encrypted }) => Encrypted)).toEqual([true]);
    const { Snapshots } = await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }));
    expect(Snapshots).toMatchObject([{ Encrypted: true, KmsKeyId: Volumes?.[0]?.KmsKeyId }]);
    expect((await ec2.send(new GetEbsDefaultKmsKeyIdCommand({}))).KmsKeyId).toBe('alias/aws/ebs');
    expect(await errorOf(ec2.send(shareSnapshot(snapshot)))).toBe('OperationNotPermitted');
    expect(await errorOf(ec2.send(shareImage(id)))).toBe('InvalidParameter');
    expect(await errorOf(ec2.send(openImage(id)))).toBe('UnsupportedOperation');
  });

  test('with an own key allows sharing them with accounts, but never with everybody', async () => {
    const behaviour = {
      accounts: [{ imageBlockPublicAccess: 'unblocked' as const, kmsKeys: ['alias/ours'] }],
    };
    const world = createWorld({ behaviour });
    await world.ec2().send(new EnableEbsEncryptionByDefaultCommand({}));
    await world.ec2().send(new ModifyEbsDefaultKmsKeyIdCommand({ KmsKeyId: 'alias/ours' }));
    const { id, snapshot, ec2 } = await images(world);
    expect(await errorOf(ec2.send(shareSnapshot(snapshot)))).toBe('no error');
    expect(await errorOf(ec2.send(shareImage(id)))).toBe('no error');
    expect(await errorOf(ec2.send(openSnapshot(snapshot)))).toBe('OperationNotPermitted');
    expect(await errorOf(ec2.send(openImage(id)))).toBe('UnsupportedOperation');
  });

  test('with a missing key terminates instances before they run', async () => {
    const world = createWorld({
      behaviour: { accounts: [{ defaultKmsKey: 'alias/gone', encryptionByDefault: true }] },
    });
    const { Instances } = await world.ec2().send(await runOf(world));
    expect(Instances?.[0]).toMatchObject({
      State: { Name: 'terminated' },
      StateReason: { Code: 'Client.InternalError' },
    });
    expect(world.machines.size).toBe(0);
  });
});

describe('quotas:', () => {
  test('five images may be public in a region; making one private makes room', async () => {
    const world = createWorld({ behaviour: unblocked });
    const instance = await launch(world);
    const ids = [];
    for (let count = 0; count < 6; count += 1) {
      ids.push((await makeImage(world, `public ${count}`, instance)).id);
    }
    const open = (id = '') => errorOf(world.ec2().send(openImage(id)));
    for (const id of ids.slice(0, 5)) expect(await open(id)).toBe('no error');
    expect(await open(ids[5])).toBe('ResourceLimitExceeded');
    expect(await open(ids[0])).toBe('no error');
    await world
      .ec2()
      .send(
        new ModifyImageAttributeCommand({ ImageId: ids[0], OperationType: 'remove', UserGroups: ['all'] }),
      );
    expect(await open(ids[5])).toBe('no error');
  });

  test('vCPUs are counted by family while instances run, and only as many start as fit', async () => {
    const world = createWorld({
      behaviour: { requestRates: 'off', accounts: [{ quotas: { 'L-1216C47A': 9 } }] },
    });
    const start = async (more: Partial<RunInstancesCommandInput>) =>
      world.ec2().send(await runOf(world, more));
    const { Instances: three } = await start({ MaxCount: 3 });
    expect(three).toHaveLength(3);
    expect(await errorOf(start({ MinCount: 2, MaxCount: 2 }))).toBe('VcpuLimitExceeded');
    expect((await start({ MinCount: 1, MaxCount: 2 })).Instances).toHaveLength(1);
    expect(await errorOf(start({}))).toBe('VcpuLimitExceeded');
    await world.ec2().send(new TerminateInstancesCommand({ InstanceIds: [three?.[0]?.InstanceId ?? ''] }));
    expect(await errorOf(start({}))).toBe('no error');
    expect(await errorOf(start({ InstanceType: 'g4dn.xlarge' }))).toBe('VcpuLimitExceeded');
    expect(await errorOf(world.ec2({ account: otherAccount }).send(await runOf(world)))).toBe('no error');
  });
});

describe('regions', () => {
  test('that are off answer nobody, and opt-in regions only accounts that opted in', async () => {
    const region = 'af-south-1';
    const world = createWorld({
      behaviour: { accounts: [{ account: otherAccount.id, region, optedIn: true }] },
    });
    const status = async (account?: typeof otherAccount) =>
      (
        await world
          .ec2(account ? { account } : {})
          .send(new DescribeRegionsCommand({ AllRegions: true, RegionNames: [region] }))
      ).Regions?.[0]?.OptInStatus;
    expect(await status()).toBe('not-opted-in');
    expect(await status(otherAccount)).toBe('opted-in');
    const codes = async (account?: typeof otherAccount) => {
      const there = { region, ...(account ? { account } : {}) };
      return Promise.all([
        errorOf(world.ec2(there).send(new DescribeVpcsCommand({}))),
        errorOf(world.ssm(there).send(new GetParametersCommand({ Names: ['/a'] }))),
        errorOf(world.sts(there).send(new GetCallerIdentityCommand({}))),
      ]);
    };
    expect(await codes()).toEqual(['AuthFailure', 'UnrecognizedClientException', 'InvalidClientTokenId']);
    expect(await codes(otherAccount)).toEqual(['no error', 'no error', 'no error']);
  });

  test('without a default VPC require a subnet', async () => {
    const world = createWorld({ behaviour: { accounts: [{ defaultVpc: false }] } });
    const ec2 = world.ec2();
    const group = { GroupName: 'mine', Description: 'mine' };
    expect(await errorOf(ec2.send(await runOf(world)))).toBe('VPCIdNotSpecified');
    expect(await errorOf(ec2.send(new CreateSecurityGroupCommand(group)))).toBe('VPCIdNotSpecified');
    const { Vpcs } = await ec2.send(new DescribeVpcsCommand({}));
    expect(Vpcs?.map(({ IsDefault }) => IsDefault)).toEqual([false]);
    const { Subnets } = await ec2.send(new DescribeSubnetsCommand({}));
    const VpcId = Vpcs?.[0]?.VpcId;
    const { GroupId = '' } = await ec2.send(new CreateSecurityGroupCommand({ ...group, VpcId }));
    const placed = { SubnetId: Subnets?.[0]?.SubnetId, SecurityGroupIds: [GroupId] };
    const { Instances } = await ec2.send(await runOf(world, placed));
    expect(Instances?.[0]).toMatchObject({ VpcId, SecurityGroups: [{ GroupId }] });
  });
});

describe('Allowed AMIs', () => {
  const named = { Owners: [canonicalAccount], Filters: [{ Name: 'name', Values: ['*-22.04-amd64-*'] }] };
  const criteria = (ImageCriteria: object[]) =>
    new ReplaceImageCriteriaInAllowedImagesSettingsCommand({ ImageCriteria });

  test('silently hide images that no criterion allows, but not the account’s own', async () => {
    const world = createWorld();
    const ec2 = world.ec2();
    const base = await canonicalImage(world);
    const { id: own } = await makeImage(world, 'own');
    await ec2.send(criteria([{ ImageProviders: ['137112412989'] }]));
    const count = async (input: object) => (await ec2.send(new DescribeImagesCommand(input))).Images?.length;
    expect(await count(named)).toBe(2);
    await ec2.send(new EnableAllowedImagesSettingsCommand({ AllowedImagesSettingsState: 'enabled' }));
    expect(await count(named)).toBe(0);
    expect(await count({ ...named, IncludeDeprecated: true })).toBe(0);
    expect(await errorOf(count({ ImageIds: [base] }))).toBe('InvalidAMIID.NotFound');
    const run = { InstanceType: 't3.micro' as const, MinCount: 1, MaxCount: 1 };
    expect(await errorOf(ec2.send(new RunInstancesCommand({ ...run, ImageId: base })))).not.toBe('no error');
    expect(await errorOf(ec2.send(new RunInstancesCommand({ ...run, ImageId: own })))).toBe('no error');
    expect((await ec2.send(new GetAllowedImagesSettingsCommand({}))).State).toBe('enabled');
  });

  test.each<[object, number]>([
    [{ ImageProviders: ['amazon'] }, 2],
    [{ ImageProviders: [canonicalAccount], ImageNames: ['*-jammy-*'] }, 2],
    [{ ImageProviders: [canonicalAccount], ImageNames: ['*-noble-*'] }, 0],
    [{ ImageProviders: ['none'] }, 0],
    [{ CreationDateCondition: { MaximumDaysSinceCreated: 1 } }, 0],
    [{ DeprecationTimeCondition: { MaximumDaysSinceDeprecated: 0 } }, 2],
    [{ MarketplaceProductCodes: ['abc'] }, 0],
  ])('with %j allow %i of two images; in audit mode, they are only marked', async (criterion, allowed) => {
    const world = createWorld({ now: () => new Date('2026-11-21T12:00:00Z') });
    const ec2 = world.ec2();
    const marks = async () =>
      (await ec2.send(new DescribeImagesCommand(named))).Images?.map(({ ImageAllowed }) => ImageAllowed);
    expect(await marks()).toEqual([undefined, undefined]);
    await ec2.send(criteria([criterion]));
    await ec2.send(new EnableAllowedImagesSettingsCommand({ AllowedImagesSettingsState: 'audit-mode' }));
    expect((await marks())?.filter(Boolean)).toHaveLength(allowed);
    expect(await marks()).toHaveLength(2);
    await ec2.send(new EnableAllowedImagesSettingsCommand({ AllowedImagesSettingsState: 'enabled' }));
    expect(await marks()).toHaveLength(allowed);
  });
});
