import {
  CreateSubnetCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeInstanceTypeOfferingsCommand,
  DescribeInstanceTypesCommand,
  DescribeKeyPairsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  DisableImageBlockPublicAccessCommand,
  GetImageBlockPublicAccessStateCommand,
  GetInstanceMetadataDefaultsCommand,
  ListImagesInRecycleBinCommand,
  ModifyImageAttributeCommand,
  ModifyInstanceMetadataDefaultsCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { GetInstanceProfileCommand } from '@aws-sdk/client-iam';
import { GetParameterCommand, ListTagsForResourceCommand } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import type { AccountRule } from '../model/account-settings.ts';
import { parseBehaviour } from '../server/settings-file.ts';
import { canonicalImage } from '../testing/images.ts';
import { createWorld, errorOf, type World } from '../testing/world.ts';

const region = 'us-east-1';
const account = '123456789012';
const golden = 'ami-0123456789abcdef0';

const withRule = (rule: AccountRule): World =>
  createWorld({ behaviour: parseBehaviour({ accounts: [{ account, region, ...rule }] }) });

const problemsOf = (rule: object) => () => parseBehaviour({ accounts: [{ account, region, ...rule }] });

const run = async (world: World, more: object = {}) =>
  world.ec2().send(
    new RunInstancesCommand({
      ImageId: await canonicalImage(world),
      InstanceType: 't3.large',
      MinCount: 1,
      MaxCount: 1,
      ...more,
    }),
  );

describe('declared use of a quota', () => {
  const standing = { inUse: { 'L-1216C47A': 31, 'L-34B43A08': 4, 'L-0E3CBAB9': 5 } };

  it('is shown as running instances with these vCPUs, leaves no more room, and ends with them', async () => {
    const world = withRule(standing);
    const shown = async () => {
      const { Reservations = [] } = await world.ec2().send(new DescribeInstancesCommand({}));
      return Reservations.flatMap(({ Instances = [] }) => Instances);
    };
    const [onDemand, spot] = await shown();
    expect(onDemand).toMatchObject({ State: { Name: 'running' }, CpuOptions: { CoreCount: 31 } });
    expect(onDemand).not.toHaveProperty('InstanceLifecycle');
    expect(spot).toMatchObject({ InstanceLifecycle: 'spot', CpuOptions: { CoreCount: 4 } });
    expect(await errorOf(run(world))).toBe('VcpuLimitExceeded');
    expect(await errorOf(run(world, { InstanceMarketOptions: { MarketType: 'spot' } }))).toBe(
      'MaxSpotInstanceCountExceeded',
    );
    const ending = new TerminateInstancesCommand({ InstanceIds: [onDemand?.InstanceId ?? ''] });
    await world.ec2().send(ending);
    expect((await run(world)).Instances).toHaveLength(1);
    expect((await shown()).map(({ State }) => State?.Name).sort()).toEqual([
      'running',
      'running',
      'terminated',
    ]);
  });

  it('is shown as public AMIs, beside which no other can become public', async () => {
    const world = withRule({ ...standing, imageBlockPublicAccess: 'unblocked', images: [{ name: 'own 1' }] });
    const asked = { Owners: ['self'], Filters: [{ Name: 'is-public', Values: ['true'] }] };
    expect((await world.ec2().send(new DescribeImagesCommand(asked))).Images).toHaveLength(5);
    const own = await world
      .ec2()
      .send(new DescribeImagesCommand({ Owners: ['self'], Filters: [{ Name: 'name', Values: ['own 1'] }] }));
    const open = new ModifyImageAttributeCommand({
      ImageId: own.Images?.[0]?.ImageId,
      LaunchPermission: { Add: [{ Group: 'all' }] },
    });
    expect(await errorOf(world.ec2().send(open))).toBe('ResourceLimitExceeded');
  });

  it('exists beside AMIs in the Recycle Bin', async () => {
    const world = withRule({ imagesInRecycleBin: 7 });
    const first = await world.ec2().send(new ListImagesInRecycleBinCommand({ MaxResults: 5 }));
    const rest = await world
      .ec2()
      .send(new ListImagesInRecycleBinCommand({ MaxResults: 5, NextToken: first.NextToken }));
    expect([first.Images?.length, rest.Images?.length, rest.NextToken]).toEqual([5, 2, undefined]);
  });
});

describe('a setting enforced', () => {
  it('by a declarative policy cannot be changed by the account', async () => {
    const world = withRule({
      declarativePolicies: ['image_block_public_access', 'instance_metadata_defaults'],
      metadataTokens: 'required',
    });
    const state = await world.ec2().send(new GetImageBlockPublicAccessStateCommand({}));
    expect(state).toMatchObject({
      ImageBlockPublicAccessState: 'block-new-sharing',
      ManagedBy: 'declarative-policy',
    });
    expect(await errorOf(world.ec2().send(new DisableImageBlockPublicAccessCommand({})))).toBe(
      'UnauthorizedOperation',
    );
    const optional = new ModifyInstanceMetadataDefaultsCommand({ HttpTokens: 'optional' });
    expect(await errorOf(world.ec2().send(optional))).toBe('UnauthorizedOperation');
    const { AccountLevel } = await world.ec2().send(new GetInstanceMetadataDefaultsCommand({}));
    expect(AccountLevel).toMatchObject({ HttpTokens: 'required', ManagedBy: 'declarative-policy' });
  });

  it('for IMDSv2 is enforced at the launch', async () => {
    const world = withRule({ metadataTokensEnforced: true });
    const { AccountLevel } = await world.ec2().send(new GetInstanceMetadataDefaultsCommand({}));
    expect(AccountLevel?.HttpTokensEnforced).toBe('enabled');
    expect(await errorOf(run(world, { MetadataOptions: { HttpTokens: 'optional' } }))).toBe(
      'UnsupportedOperation',
    );
    expect((await run(world, { MetadataOptions: { HttpTokens: 'required' } })).Instances).toHaveLength(1);
    await world.ec2().send(new ModifyInstanceMetadataDefaultsCommand({ HttpTokensEnforced: 'disabled' }));
    expect((await run(world, { MetadataOptions: { HttpTokens: 'optional' } })).Instances).toHaveLength(1);
  });
});

describe('a declared image', () => {
  const launchOf = (world: World, InstanceType: 'm5.large' | 't3.large') =>
    world.ec2().send(new RunInstancesCommand({ ImageId: golden, InstanceType, MinCount: 1, MaxCount: 1 }));

  it('has watermarks, which its AMIs inherit, and the instance types that its owner allows', async () => {
    const world = withRule({
      images: [
        {
          id: golden,
          owner: '444455556666',
          name: 'golden 1.0',
          watermarks: ['444455556666:approved'],
          supportedInstanceTypes: ['m5.*'],
        },
      ],
    });
    const { Images } = await world.ec2().send(new DescribeImagesCommand({ ImageIds: [golden] }));
    expect(Images).toMatchObject([
      {
        ImageWatermarks: [{ WatermarkKey: '444455556666:approved', SourceImageId: golden }],
        InstanceTypeSpecification: { SupportedInstanceTypes: [{ InstanceType: 'm5.*' }] },
      },
    ]);
    expect(await errorOf(launchOf(world, 't3.large'))).toBe('InvalidParameterCombination');
    expect((await launchOf(world, 'm5.large')).Instances).toHaveLength(1);
  });

  it('takes precedence over the published one with its id', async () => {
    const published = await canonicalImage(createWorld());
    const world = withRule({
      images: [{ id: published, owner: '099720109477', name: 'ubuntu of ours', public: true }],
    });
    const asked = new DescribeImagesCommand({ Filters: [{ Name: 'image-id', Values: [published] }] });
    expect((await world.ec2().send(asked)).Images?.map(({ Name }) => Name)).toEqual(['ubuntu of ours']);
  });

  it('is refused if it contradicts itself', () => {
    const marked = { name: 'a b c', public: true, watermarks: ['444455556666:approved'] };
    expect(problemsOf({ images: [marked] })).toThrow(
      'accounts[0].images[0].public: expected an AMI that is not public, since it has watermarks',
    );
  });
});

it('instance types are offered where they are declared, even unknown ones', async () => {
  const world = withRule({
    instanceTypes: { 't3.large': ['a', 'us-east-1c'], 'm5.large': [], 'm99z.large': ['b'] },
  });
  const asked = new DescribeInstanceTypeOfferingsCommand({
    LocationType: 'availability-zone',
    Filters: [{ Name: 'instance-type', Values: ['t3.large', 'm5.large', 'm99z.large'] }],
  });
  const { InstanceTypeOfferings = [] } = await world.ec2().send(asked);
  expect(
    InstanceTypeOfferings.map(({ InstanceType, Location }) => `${InstanceType} ${Location}`).sort(),
  ).toEqual(['m99z.large us-east-1b', 't3.large us-east-1a', 't3.large us-east-1c']);
  const facts = (type: string) =>
    world.ec2().send(new DescribeInstanceTypesCommand({ InstanceTypes: [type as 't3.large'] }));
  expect(await errorOf(facts('m5.large'))).toBe('InvalidInstanceType');
  expect(await errorOf(facts('m99z.large'))).toBe('NotImplementedBySandbox');
  expect(await errorOf(run(world, { InstanceType: 'm5.large' }))).toBe('Unsupported');
  expect(await errorOf(run(world, { Placement: { AvailabilityZone: 'us-east-1b' } }))).toBe('Unsupported');
  expect((await run(world)).Instances?.[0]?.Placement?.AvailabilityZone).toBe('us-east-1a');
  expect(problemsOf({ instanceTypes: { 't3.large': ['us-west-2a'] } })).toThrow(
    'accounts[0].instanceTypes["t3.large"][0]: expected a rule for the region us-west-2, found "us-west-2a"',
  );
  expect(problemsOf({ instanceTypes: { large: ['a'] } })).toThrow('expected an instance type, such as');
});

describe('a declared network', () => {
  const vpc = {
    id: 'vpc-0aaaaaaaaaaaaaaaa',
    cidr: '10.0.0.0/16',
    otherCidrs: ['10.9.0.0/24'],
    default: true,
    subnets: [
      { zone: 'a', cidr: '10.0.1.0/28', freeAddresses: 0 },
      { zone: 'b', cidr: '10.9.0.0/28', default: false },
    ],
  };

  it('has further blocks, used addresses, and subnets of the default VPC that are not default ones', async () => {
    const world = withRule({ vpcs: [vpc] });
    const { Vpcs } = await world.ec2().send(new DescribeVpcsCommand({}));
    expect(Vpcs?.[0]?.CidrBlockAssociationSet?.map(({ CidrBlock }) => CidrBlock)).toEqual([
      '10.0.0.0/16',
      '10.9.0.0/24',
    ]);
    const { Subnets = [] } = await world.ec2().send(new DescribeSubnetsCommand({}));
    expect(Subnets.map((one) => [one.CidrBlock, one.AvailableIpAddressCount, one.DefaultForAz])).toEqual([
      ['10.0.1.0/28', 0, true],
      ['10.9.0.0/28', 11, false],
    ]);
    expect(await errorOf(run(world))).toBe('InsufficientFreeAddressesInSubnet');
    const more = (CidrBlock: string) =>
      world.ec2().send(new CreateSubnetCommand({ VpcId: vpc.id, CidrBlock }));
    expect((await more('10.9.0.64/28')).Subnet?.CidrBlock).toBe('10.9.0.64/28');
    expect(await errorOf(more('10.10.0.0/28'))).toBe('InvalidSubnet.Range');
  });

  it('is refused if a subnet has more free addresses than addresses, or is in none of the blocks', () => {
    const subnet = { zone: 'a', cidr: '10.0.1.0/28', freeAddresses: 12 };
    expect(problemsOf({ vpcs: [{ ...vpc, subnets: [subnet] }] })).toThrow(
      'accounts[0].vpcs[0].subnets[0].freeAddresses: expected at most 11, as many as 10.0.1.0/28 has, found 12',
    );
    expect(problemsOf({ vpcs: [{ ...vpc, subnets: [{ zone: 'a', cidr: '10.8.0.0/28' }] }] })).toThrow(
      'expected a block from /16 to /28 within 10.0.0.0/16 or 10.9.0.0/24, found "10.8.0.0/28"',
    );
  });
});

it('a declared instance profile may have no role', async () => {
  const behaviour = parseBehaviour({ accounts: [{ instanceProfiles: ['a', { name: 'b', role: false }] }] });
  const world = createWorld({ behaviour });
  const rolesOf = async (InstanceProfileName: string) =>
    (await world.iam().send(new GetInstanceProfileCommand({ InstanceProfileName }))).InstanceProfile?.Roles;
  expect([(await rolesOf('a'))?.length, (await rolesOf('b'))?.length]).toEqual([1, 0]);
});

it('a parameter has the declared version, labels and tags', async () => {
  const world = withRule({
    parameters: [{ name: '/a/b', value: 'x', version: 7, labels: ['stable'], tags: { team: 'web' } }],
  });
  const read = async (Name: string) => (await world.ssm().send(new GetParameterCommand({ Name }))).Parameter;
  expect(await read('/a/b:7')).toMatchObject({ Value: 'x', Version: 7 });
  expect(await read('/a/b:stable')).toMatchObject({ Value: 'x', Selector: ':stable' });
  const tags = await world
    .ssm()
    .send(new ListTagsForResourceCommand({ ResourceType: 'Parameter', ResourceId: '/a/b' }));
  expect(tags.TagList).toEqual([{ Key: 'team', Value: 'web' }]);
});

it('a declared key pair exists with its public key, and can be used for launches', async () => {
  const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8M1L5jFR7cFzQxVJbUmEo0oEj9JxZ0K3o9wQyyZ1aA';
  const world = withRule({ keyPairs: [{ name: 'builder', publicKey }] });
  const asked = new DescribeKeyPairsCommand({ KeyNames: ['builder'], IncludePublicKey: true });
  expect((await world.ec2().send(asked)).KeyPairs).toMatchObject([
    { KeyType: 'ed25519', PublicKey: publicKey },
  ]);
  expect((await run(world, { KeyName: 'builder' })).Instances?.[0]?.KeyName).toBe('builder');
  world.aws.settings.change({ accounts: [{ account, region, keyPairs: [] }] });
  expect(await errorOf(world.ec2().send(asked))).toBe('InvalidKeyPair.NotFound');
});
