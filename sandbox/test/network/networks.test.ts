import {
  AllocateAddressCommand,
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  CreateDefaultVpcCommand,
  CreateInternetGatewayCommand,
  CreateNatGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteInternetGatewayCommand,
  DeleteNatGatewayCommand,
  DeleteRouteCommand,
  DeleteRouteTableCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeTagsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  DetachInternetGatewayCommand,
  DisassociateRouteTableCommand,
  ModifySubnetAttributeCommand,
  ModifyVpcAttributeCommand,
  ReleaseAddressCommand,
  ReplaceRouteCommand,
  ReplaceRouteTableAssociationCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { createWorld, errorOf } from '../../testing/index.ts';
import {
  createSubnet,
  createVpc,
  defaultVpcId,
  launchIn,
  openSubnet,
  runOf,
  subnetsOfVpc,
  unknown,
} from './a-network.ts';

const of = (Name: string, ...Values: string[]) => ({ Filters: [{ Name, Values }] });

describe('a new account', () => {
  test('has in each region a default VPC with an internet gateway, its own group and network ACL', async () => {
    const ec2 = createWorld().ec2();
    const vpc = await defaultVpcId(ec2);
    const subnets = await subnetsOfVpc(ec2, vpc);
    expect(
      subnets.map(({ DefaultForAz, MapPublicIpOnLaunch }) => [DefaultForAz, MapPublicIpOnLaunch]),
    ).toEqual(Array(6).fill([true, true]));
    const { InternetGateways } = await ec2.send(
      new DescribeInternetGatewaysCommand(of('attachment.vpc-id', vpc)),
    );
    const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand(of('vpc-id', vpc)));
    expect(RouteTables).toMatchObject([
      {
        Associations: [{ Main: true }],
        Routes: [
          { DestinationCidrBlock: '172.31.0.0/16', GatewayId: 'local', Origin: 'CreateRouteTable' },
          { DestinationCidrBlock: '0.0.0.0/0', GatewayId: InternetGateways?.[0]?.InternetGatewayId },
        ],
      },
    ]);
    const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({}));
    const GroupId = SecurityGroups?.[0]?.GroupId;
    expect(SecurityGroups).toMatchObject([
      {
        GroupName: 'default',
        VpcId: vpc,
        IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId }] }],
        IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
      },
    ]);
    const { NetworkAcls } = await ec2.send(new DescribeNetworkAclsCommand(of('vpc-id', vpc)));
    expect(NetworkAcls?.map(({ IsDefault, Associations }) => [IsDefault, Associations?.length])).toEqual([
      [true, 6],
    ]);
  });

  test('may delete its default VPC, and create it again', async () => {
    const first = createWorld();
    const ec2 = first.ec2();
    expect(await errorOf(ec2.send(new CreateDefaultVpcCommand({})))).toBe('DefaultVpcAlreadyExists');
    const VpcId = await defaultVpcId(ec2);
    for (const { SubnetId } of await subnetsOfVpc(ec2, VpcId))
      await ec2.send(new DeleteSubnetCommand({ SubnetId }));
    const { InternetGateways } = await ec2.send(new DescribeInternetGatewaysCommand({}));
    const InternetGatewayId = InternetGateways?.[0]?.InternetGatewayId;
    await ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId, VpcId }));
    await ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId }));
    await ec2.send(new DeleteVpcCommand({ VpcId }));
    const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({}));
    expect(SecurityGroups).toEqual([]);
    await first.aws.close();

    const second = createWorld({ folder: first.folder });
    const again = second.ec2();
    expect((await again.send(new DescribeVpcsCommand({}))).Vpcs).toEqual([]);
    expect(await errorOf(again.send(await runOf(second)))).toBe('VPCIdNotSpecified');
    const { Vpc } = await again.send(new CreateDefaultVpcCommand({}));
    expect(Vpc).toMatchObject({ IsDefault: true, CidrBlock: '172.31.0.0/16', State: 'pending' });
    expect((await launchIn(second, {})).VpcId).toBe(Vpc?.VpcId);
    await second.aws.reset();
    expect(await defaultVpcId(again)).toBe(VpcId);
  });
});

describe('a VPC', () => {
  test('comes with a main route table, a default group and a network ACL, which are deleted with it', async () => {
    const ec2 = createWorld().ec2();
    const tags = [{ Key: 'Name', Value: 'mine' }];
    const { Vpc } = await ec2.send(
      new CreateVpcCommand({
        CidrBlock: '10.1.2.3/16',
        TagSpecifications: [{ ResourceType: 'vpc', Tags: tags }],
      }),
    );
    expect(Vpc).toMatchObject({ CidrBlock: '10.1.0.0/16', IsDefault: false, State: 'pending', Tags: tags });
    const id = Vpc?.VpcId ?? '';
    const found = await ec2.send(new DescribeVpcsCommand(of('tag:Name', 'mine')));
    expect(found.Vpcs).toMatchObject([{ VpcId: id, State: 'available' }]);
    const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand(of('vpc-id', id)));
    expect(RouteTables?.map(({ Associations, Routes }) => [Associations?.[0]?.Main, Routes?.length])).toEqual(
      [[true, 1]],
    );
    await ec2.send(new DeleteVpcCommand({ VpcId: id }));
    const left = await Promise.all([
      ec2.send(new DescribeRouteTablesCommand(of('vpc-id', id))).then(({ RouteTables }) => RouteTables),
      ec2
        .send(new DescribeSecurityGroupsCommand(of('vpc-id', id)))
        .then(({ SecurityGroups }) => SecurityGroups),
      ec2.send(new DescribeNetworkAclsCommand(of('vpc-id', id))).then(({ NetworkAcls }) => NetworkAcls),
      ec2.send(new DescribeTagsCommand(of('resource-id', id))).then(({ Tags }) => Tags),
    ]);
    expect(left).toEqual([[], [], [], []]);
    expect(await errorOf(ec2.send(new DeleteVpcCommand({ VpcId: id })))).toBe('InvalidVpcID.NotFound');
  });

  test.each([
    ['10.0.0.0/15', 'InvalidVpc.Range'],
    ['10.0.0.0/29', 'InvalidVpc.Range'],
    ['10.0.0.0', 'InvalidParameterValue'],
    ['10.0.0.256/24', 'InvalidParameterValue'],
  ])('of %s is refused', async (CidrBlock, code) => {
    const ec2 = createWorld().ec2();
    expect(await errorOf(ec2.send(new CreateVpcCommand({ CidrBlock })))).toBe(code);
  });

  test('is one of at most five', async () => {
    const ec2 = createWorld().ec2();
    for (const second of [1, 2, 3, 4]) await createVpc(ec2, `10.${second}.0.0/16`);
    expect(await errorOf(createVpc(ec2, '10.5.0.0/16'))).toBe('VpcLimitExceeded');
  });

  test('cannot be deleted while it has a subnet, a gateway, a route table or a group', async () => {
    const ec2 = createWorld().ec2();
    const VpcId = await createVpc(ec2);
    const gone = () => errorOf(ec2.send(new DeleteVpcCommand({ VpcId })));
    const SubnetId = await createSubnet(ec2, VpcId);
    expect(await gone()).toBe('DependencyViolation');
    const { InternetGatewayId, RouteTableId, AssociationId } = await openSubnet(ec2, VpcId, SubnetId);
    expect(await errorOf(ec2.send(new DeleteRouteTableCommand({ RouteTableId })))).toBe(
      'DependencyViolation',
    );
    await ec2.send(new DeleteSubnetCommand({ SubnetId }));
    expect(await errorOf(ec2.send(new DisassociateRouteTableCommand({ AssociationId })))).toBe(
      'InvalidAssociationID.NotFound',
    );
    expect(await gone()).toBe('DependencyViolation');
    await ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId, VpcId }));
    expect(await gone()).toBe('DependencyViolation');
    await ec2.send(new DeleteRouteTableCommand({ RouteTableId }));
    const { GroupId } = await ec2.send(
      new CreateSecurityGroupCommand({ GroupName: 'mine', Description: 'mine', VpcId }),
    );
    expect(await gone()).toBe('DependencyViolation');
    await ec2.send(new DeleteSecurityGroupCommand({ GroupId }));
    expect(await gone()).toBe('no error');
  });

  test('has DNS attributes, which say whether instances get public names', async () => {
    const world = createWorld();
    const ec2 = world.ec2();
    const VpcId = await createVpc(ec2);
    const SubnetId = await createSubnet(ec2, VpcId);
    const attribute = (Attribute: 'enableDnsHostnames' | 'enableDnsSupport') =>
      ec2.send(new DescribeVpcAttributeCommand({ VpcId, Attribute }));
    expect(await attribute('enableDnsSupport')).toMatchObject({ VpcId, EnableDnsSupport: { Value: true } });
    expect(await attribute('enableDnsHostnames')).toMatchObject({ EnableDnsHostnames: { Value: false } });
    const face = { DeviceIndex: 0, SubnetId, AssociatePublicIpAddress: true };
    const { InstanceId } = await launchIn(world, { NetworkInterfaces: [face] });
    const name = async () => {
      const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [InstanceId] }));
      return Reservations?.[0]?.Instances?.[0]?.PublicDnsName;
    };
    expect(await name()).toBe('');
    const both = { EnableDnsSupport: { Value: true }, EnableDnsHostnames: { Value: true } };
    expect(await errorOf(ec2.send(new ModifyVpcAttributeCommand({ VpcId, ...both })))).toBe(
      'InvalidParameterCombination',
    );
    await ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));
    expect(await attribute('enableDnsHostnames')).toMatchObject({ EnableDnsHostnames: { Value: true } });
    expect(await name()).toMatch(/^ec2-127-77-.*\.compute-1\.amazonaws\.com$/);
  });
});

describe('a subnet', () => {
  test('is within its VPC, in a zone, without overlapping others', async () => {
    const ec2 = createWorld().ec2();
    const VpcId = await createVpc(ec2);
    const { Subnet } = await ec2.send(
      new CreateSubnetCommand({ VpcId, CidrBlock: '10.0.1.0/24', AvailabilityZone: 'us-east-1c' }),
    );
    expect(Subnet).toMatchObject({
      AvailabilityZone: 'us-east-1c',
      AvailableIpAddressCount: 251,
      DefaultForAz: false,
      MapPublicIpOnLaunch: false,
      State: 'available',
    });
    const refusal = (given: object) =>
      errorOf(ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: '10.0.9.0/24', ...given })));
    expect(await refusal({ CidrBlock: '10.0.1.128/25' })).toBe('InvalidSubnet.Conflict');
    expect(await refusal({ CidrBlock: '10.0.0.0/16' })).toBe('InvalidSubnet.Conflict');
    expect(await refusal({ CidrBlock: '10.1.0.0/24' })).toBe('InvalidSubnet.Range');
    expect(await refusal({ CidrBlock: '10.0.2.0/29' })).toBe('InvalidSubnet.Range');
    expect(await refusal({ CidrBlock: 'ten' })).toBe('InvalidParameterValue');
    expect(await refusal({ AvailabilityZone: 'us-east-1z' })).toBe('InvalidParameterValue');
    expect(await refusal({ VpcId: `vpc-${unknown}` })).toBe('InvalidVpcID.NotFound');
    expect(await refusal({})).toBe('no error');
  });

  test('counts its used addresses, fills up, and cannot be deleted while in use', async () => {
    const world = createWorld();
    const ec2 = world.ec2();
    const VpcId = await createVpc(ec2);
    const SubnetId = await createSubnet(ec2, VpcId, '10.0.0.0/28');
    const { InstanceId } = await launchIn(world, { SubnetId });
    expect((await subnetsOfVpc(ec2, VpcId))[0]?.AvailableIpAddressCount).toBe(10);
    expect(await errorOf(ec2.send(await runOf(world, { SubnetId, MinCount: 11, MaxCount: 11 })))).toBe(
      'InsufficientFreeAddressesInSubnet',
    );
    expect(await errorOf(ec2.send(new DeleteSubnetCommand({ SubnetId })))).toBe('DependencyViolation');
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
    await ec2.send(new DeleteSubnetCommand({ SubnetId }));
    expect(await errorOf(ec2.send(new DeleteSubnetCommand({ SubnetId })))).toBe('InvalidSubnetID.NotFound');
  });

  test('sets whether instances get a public address, and a launch may override it', async () => {
    const world = createWorld();
    const ec2 = world.ec2();
    const SubnetId = await createSubnet(ec2, await createVpc(ec2));
    const address = async (given: object) => {
      const { InstanceId } = await launchIn(world, given);
      const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [InstanceId] }));
      return Reservations?.[0]?.Instances?.[0]?.PublicIpAddress;
    };
    const face = { DeviceIndex: 0, SubnetId };
    expect(await address({ SubnetId })).toBeUndefined();
    expect(await address({ NetworkInterfaces: [{ ...face, AssociatePublicIpAddress: true }] })).toMatch(
      /^127\.77/,
    );
    await ec2.send(new ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch: { Value: true } }));
    expect(await address({ SubnetId })).toMatch(/^127\.77/);
    expect(
      await address({ NetworkInterfaces: [{ ...face, AssociatePublicIpAddress: false }] }),
    ).toBeUndefined();
  });

  test('accepts instances only with groups of its own VPC, and uses the default group if none is named', async () => {
    const world = createWorld();
    const ec2 = world.ec2();
    const VpcId = await createVpc(ec2);
    const SubnetId = await createSubnet(ec2, VpcId);
    const group = { GroupName: 'mine', Description: 'mine' };
    const elsewhere = await ec2.send(new CreateSecurityGroupCommand(group));
    const here = await ec2.send(new CreateSecurityGroupCommand({ ...group, VpcId }));
    expect(
      await errorOf(ec2.send(await runOf(world, { SubnetId, SecurityGroupIds: [elsewhere.GroupId] }))),
    ).toBe('InvalidParameter');
    expect((await launchIn(world, { SubnetId, SecurityGroupIds: [here.GroupId] })).SecurityGroups).toEqual([
      { GroupId: here.GroupId, GroupName: 'mine' },
    ]);
    const standard = await ec2.send(new DescribeSecurityGroupsCommand(of('vpc-id', VpcId)));
    const { GroupId } = standard.SecurityGroups?.find(({ GroupName }) => GroupName === 'default') ?? {};
    expect((await launchIn(world, { SubnetId })).SecurityGroups).toEqual([{ GroupId, GroupName: 'default' }]);
  });
});

describe('a route table', () => {
  test('has routes to gateways of its VPC, which become black holes once those are gone', async () => {
    const ec2 = createWorld().ec2();
    const VpcId = await createVpc(ec2);
    const SubnetId = await createSubnet(ec2, VpcId);
    const { InternetGatewayId, RouteTableId } = await openSubnet(ec2, VpcId, SubnetId);
    const route = { RouteTableId, DestinationCidrBlock: '0.0.0.0/0' };
    const states = async () => {
      const { RouteTables } = await ec2.send(
        new DescribeRouteTablesCommand({ RouteTableIds: [RouteTableId] }),
      );
      return RouteTables?.[0]?.Routes?.map(({ State }) => State);
    };
    expect(await states()).toEqual(['active', 'active']);
    expect(await errorOf(ec2.send(new CreateRouteCommand({ ...route, GatewayId: InternetGatewayId })))).toBe(
      'RouteAlreadyExists',
    );
    const local = { RouteTableId, DestinationCidrBlock: '10.0.0.0/16' };
    expect(await errorOf(ec2.send(new DeleteRouteCommand(local)))).toBe('InvalidParameterValue');
    await ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId, VpcId }));
    expect(await states()).toEqual(['active', 'blackhole']);
    expect(await errorOf(ec2.send(new ReplaceRouteCommand({ ...route, GatewayId: InternetGatewayId })))).toBe(
      'InvalidParameterValue',
    );
    await ec2.send(new DeleteRouteCommand(route));
    expect(await errorOf(ec2.send(new DeleteRouteCommand(route)))).toBe('InvalidRoute.NotFound');
    expect(await states()).toEqual(['active']);
  });

  test('may belong to several subnets, and a subnet has only one', async () => {
    const ec2 = createWorld().ec2();
    const VpcId = await createVpc(ec2);
    const SubnetId = await createSubnet(ec2, VpcId);
    const make = async () =>
      (await ec2.send(new CreateRouteTableCommand({ VpcId }))).RouteTable?.RouteTableId;
    const [one, other] = [await make(), await make()];
    const { AssociationId } = await ec2.send(new AssociateRouteTableCommand({ RouteTableId: one, SubnetId }));
    expect(await errorOf(ec2.send(new AssociateRouteTableCommand({ RouteTableId: other, SubnetId })))).toBe(
      'Resource.AlreadyAssociated',
    );
    const { NewAssociationId } = await ec2.send(
      new ReplaceRouteTableAssociationCommand({ AssociationId, RouteTableId: other }),
    );
    const { RouteTables } = await ec2.send(
      new DescribeRouteTablesCommand(of('association.subnet-id', SubnetId)),
    );
    expect(RouteTables?.map(({ RouteTableId }) => RouteTableId)).toEqual([other]);
    await ec2.send(new DisassociateRouteTableCommand({ AssociationId: NewAssociationId }));
    for (const RouteTableId of [one, other]) await ec2.send(new DeleteRouteTableCommand({ RouteTableId }));
    const main = await ec2.send(new DescribeRouteTablesCommand(of('vpc-id', VpcId)));
    const association = main.RouteTables?.[0]?.Associations?.[0]?.RouteTableAssociationId;
    expect(await errorOf(ec2.send(new DisassociateRouteTableCommand({ AssociationId: association })))).toBe(
      'InvalidParameterValue',
    );
  });
});

describe('an internet gateway', () => {
  test('belongs to one VPC, which has only one, and can be detached once nothing public is left', async () => {
    const world = createWorld();
    const ec2 = world.ec2();
    const VpcId = await createVpc(ec2);
    const create = async () =>
      (await ec2.send(new CreateInternetGatewayCommand({}))).InternetGateway?.InternetGatewayId ?? '';
    const [one, other] = [await create(), await create()];
    const attach = (InternetGatewayId: string, to = VpcId) =>
      errorOf(ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId, VpcId: to })));
    const detach = (InternetGatewayId: string, VpcId: string) =>
      errorOf(ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId, VpcId })));
    expect(await attach(one)).toBe('no error');
    expect(await attach(one)).toBe('Resource.AlreadyAssociated');
    expect(await attach(other)).toBe('InvalidParameterValue');
    expect(await detach(other, VpcId)).toBe('Gateway.NotAttached');
    expect(await errorOf(ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId: one })))).toBe(
      'DependencyViolation',
    );
    const SubnetId = await createSubnet(ec2, VpcId);
    const face = { DeviceIndex: 0, SubnetId, AssociatePublicIpAddress: true };
    const { InstanceId } = await launchIn(world, { NetworkInterfaces: [face] });
    expect(await detach(one, VpcId)).toBe('DependencyViolation');
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
    expect(await detach(one, VpcId)).toBe('no error');
    expect(await attach(other)).toBe('no error');
  });
});

describe('a NAT gateway', () => {
  test('occupies its address and its subnet until it is deleted', async () => {
    const world = createWorld();
    const ec2 = world.ec2();
    const VpcId = await createVpc(ec2);
    const SubnetId = await createSubnet(ec2, VpcId);
    await openSubnet(ec2, VpcId, SubnetId);
    const { AllocationId, PublicIp } = await ec2.send(new AllocateAddressCommand({}));
    const { NatGateway } = await ec2.send(new CreateNatGatewayCommand({ SubnetId, AllocationId }));
    const NatGatewayId = NatGateway?.NatGatewayId ?? '';
    expect(NatGateway).toMatchObject({ State: 'pending', NatGatewayAddresses: [{ AllocationId, PublicIp }] });
    const { NatGateways } = await ec2.send(
      new DescribeNatGatewaysCommand({ Filter: [{ Name: 'state', Values: ['available'] }] }),
    );
    expect(NatGateways?.map((gateway) => gateway.NatGatewayId)).toEqual([NatGatewayId]);
    const { NetworkInterfaces } = await ec2.send(
      new DescribeNetworkInterfacesCommand(of('interface-type', 'nat_gateway')),
    );
    expect(NetworkInterfaces).toMatchObject([
      { SubnetId, RequesterManaged: true, Association: { PublicIp } },
    ]);
    expect(await errorOf(ec2.send(new ReleaseAddressCommand({ AllocationId })))).toBe(
      'InvalidIPAddress.InUse',
    );
    expect(await errorOf(ec2.send(new CreateNatGatewayCommand({ SubnetId, AllocationId })))).toBe(
      'Resource.AlreadyAssociated',
    );
    expect(await errorOf(ec2.send(new DeleteSubnetCommand({ SubnetId })))).toBe('DependencyViolation');
    await ec2.send(new DeleteNatGatewayCommand({ NatGatewayId }));
    const after = await ec2.send(new DescribeNatGatewaysCommand({ NatGatewayIds: [NatGatewayId] }));
    expect(after.NatGateways?.map(({ State }) => State)).toEqual(['deleted']);
    await ec2.send(new ReleaseAddressCommand({ AllocationId }));
    await ec2.send(new DeleteSubnetCommand({ SubnetId }));
    world.aws.settings.advance(3601);
    expect(await errorOf(ec2.send(new DescribeNatGatewaysCommand({ NatGatewayIds: [NatGatewayId] })))).toBe(
      'NatGatewayNotFound',
    );
  });

  test('fails if its VPC has no internet gateway', async () => {
    const ec2 = createWorld().ec2();
    const SubnetId = await createSubnet(ec2, await createVpc(ec2));
    const { AllocationId } = await ec2.send(new AllocateAddressCommand({}));
    await ec2.send(new CreateNatGatewayCommand({ SubnetId, AllocationId }));
    const { NatGateways } = await ec2.send(new DescribeNatGatewaysCommand({}));
    expect(NatGateways).toMatchObject([{ State: 'failed', FailureCode: 'Gateway.NotAttached' }]);
    expect(await errorOf(ec2.send(new CreateNatGatewayCommand({ SubnetId })))).toBe('MissingParameter');
  });
});

test('an address is allocated, found, and released once; five are the limit', async () => {
  const ec2 = createWorld().ec2();
  const Tags = [{ Key: 'for', Value: 'nat' }];
  const { AllocationId, PublicIp = '' } = await ec2.send(
    new AllocateAddressCommand({ TagSpecifications: [{ ResourceType: 'elastic-ip', Tags }] }),
  );
  const found = await ec2.send(new DescribeAddressesCommand({ PublicIps: [PublicIp] }));
  expect(found.Addresses).toMatchObject([{ AllocationId, PublicIp, Domain: 'vpc', Tags }]);
  expect(await errorOf(ec2.send(new DescribeAddressesCommand({ PublicIps: ['203.0.113.9'] })))).toBe(
    'InvalidAddress.NotFound',
  );
  for (const _ of [2, 3, 4, 5]) await ec2.send(new AllocateAddressCommand({ Domain: 'vpc' }));
  expect(await errorOf(ec2.send(new AllocateAddressCommand({})))).toBe('AddressLimitExceeded');
  await ec2.send(new ReleaseAddressCommand({ AllocationId }));
  expect(await errorOf(ec2.send(new ReleaseAddressCommand({ AllocationId })))).toBe(
    'InvalidAllocationID.NotFound',
  );
});

test('an instance’s interface is found by its properties', async () => {
  const world = createWorld();
  const ec2 = world.ec2();
  const instance = await launchIn(world, {});
  const NetworkInterfaceId = instance.NetworkInterfaces?.[0]?.NetworkInterfaceId ?? '';
  await ec2.send(
    new CreateTagsCommand({ Resources: [NetworkInterfaceId], Tags: [{ Key: 'k', Value: 'v' }] }),
  );
  const shown = async (name: string, value = '') => {
    const { NetworkInterfaces = [] } = await ec2.send(new DescribeNetworkInterfacesCommand(of(name, value)));
    return NetworkInterfaces.map((face) => face.NetworkInterfaceId);
  };
  for (const [name, value] of [
    ['attachment.instance-id', instance.InstanceId],
    ['subnet-id', instance.SubnetId],
    ['private-ip-address', instance.PrivateIpAddress],
    ['status', 'in-use'],
    ['tag:k', 'v'],
  ] as const) {
    expect(await shown(name, value), name).toEqual([NetworkInterfaceId]);
  }
  expect(await shown('status', 'available')).toEqual([]);
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [instance.InstanceId] }));
  expect(await shown('status', 'in-use')).toEqual([]);
});

test('each call has a dry run without effect', async () => {
  const ec2 = createWorld().ec2();
  const VpcId = await defaultVpcId(ec2);
  const dry = { DryRun: true };
  const tried = await Promise.all(
    [
      new CreateVpcCommand({ CidrBlock: '10.0.0.0/16', ...dry }),
      new CreateInternetGatewayCommand(dry),
      new CreateRouteTableCommand({ VpcId, ...dry }),
      new AllocateAddressCommand(dry),
      new DescribeNetworkInterfacesCommand(dry),
    ].map((command) => errorOf(ec2.send(command as CreateVpcCommand))),
  );
  expect(tried).toEqual(Array(5).fill('DryRunOperation'));
  expect((await ec2.send(new DescribeVpcsCommand({}))).Vpcs).toHaveLength(1);
  expect((await ec2.send(new DescribeAddressesCommand({}))).Addresses).toEqual([]);
});
