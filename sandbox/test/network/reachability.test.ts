import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteRouteCommand,
  ModifySubnetAttributeCommand,
  RevokeSecurityGroupIngressCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { createWorld, type World } from '../../testing/index.ts';
import { createSubnet, createVpc, launchIn, openSubnet } from './a-network.ts';

/** The port on which instances answer instead of 22. */
const port = 27_057;

const ssh = (given: object = { IpRanges: [{ CidrIp: '0.0.0.0/0' }] }) => ({
  IpProtocol: 'tcp',
  FromPort: 22,
  ToPort: 22,
  ...given,
});

/** A public subnet, a group that allows SSH, and an instance; each test then blocks one path. */
const openInstance = async (world: World) => {
  const ec2 = world.ec2();
  const VpcId = await createVpc(ec2);
  const SubnetId = await createSubnet(ec2, VpcId);
  const { RouteTableId } = await openSubnet(ec2, VpcId, SubnetId);
  await ec2.send(new ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch: { Value: true } }));
  const { GroupId = '' } = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: 'ssh', Description: 'ssh', VpcId }),
  );
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [ssh()] }));
  const instance = await launchIn(world, { SubnetId, SecurityGroupIds: [GroupId] });
  return { ec2, SubnetId, RouteTableId, GroupId, ...waysTo(world, instance.InstanceId) };
};

/** Whether the instance can be reached at its public address and at its private one. */
const waysTo = (world: World, InstanceId: string) => {
  const machine = world.machines.get(InstanceId);
  if (!machine) throw new Error(`${InstanceId} has no SSH side`);
  const { address, privateAddress = '' } = machine;
  return {
    InstanceId,
    ways: () => [
      world.aws.isReachable(InstanceId, address, port),
      world.aws.isReachable(InstanceId, privateAddress, port),
    ],
  };
};

describe('from outside, an instance', () => {
  test('is reached at its public address if subnet and group allow SSH', async () => {
    const { ways, ec2, InstanceId } = await openInstance(createWorld());
    expect(ways()).toEqual([true, false]);
    await ec2.send(new StopInstancesCommand({ InstanceIds: [InstanceId] }));
    expect(ways()).toEqual([false, false]);
  });

  test('is not reached once its route to the internet gateway is gone', async () => {
    const { ways, ec2, RouteTableId } = await openInstance(createWorld());
    await ec2.send(new DeleteRouteCommand({ RouteTableId, DestinationCidrBlock: '0.0.0.0/0' }));
    expect(ways()).toEqual([false, false]);
  });

  test('is not reached while its group does not allow port 22', async () => {
    const { ways, ec2, GroupId } = await openInstance(createWorld());
    await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: [ssh()] }));
    expect(ways()).toEqual([false, false]);
    const others = [
      ssh({ FromPort: 80, ToPort: 443, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }),
      ssh({ UserIdGroupPairs: [{ GroupId }] }),
      ssh({ IpProtocol: 'udp', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }),
    ];
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: others }));
    expect(ways()).toEqual([false, false]);
    const range = ssh({ FromPort: 1, ToPort: 1024, IpRanges: [{ CidrIp: '198.51.100.0/24' }] });
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [range] }));
    expect(ways()).toEqual([true, false]);
    await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: [range] }));
    const ofPacker = ssh({ FromPort: port, ToPort: port, IpRanges: [{ CidrIp: '0.0.0.0/0' }] });
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [ofPacker] }));
    expect(ways()).toEqual([true, false]);
  });

  test('is not reached without a public address', async () => {
    const world = createWorld();
    const { ec2, SubnetId, GroupId } = await openInstance(world);
    await ec2.send(new ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch: { Value: false } }));
    const { InstanceId } = await launchIn(world, { SubnetId, SecurityGroupIds: [GroupId] });
    expect(waysTo(world, InstanceId).ways()).toEqual([false, false]);
  });

  test('is not reached with only the default group', async () => {
    const world = createWorld();
    const { InstanceId } = await launchIn(world, {});
    expect(waysTo(world, InstanceId).ways()).toEqual([false, false]);
  });
});

describe('from inside the VPCs', () => {
  const inside = { accounts: [{ insideVpcs: true }] };

  test('an instance is also reached at its private address, also by a rule whose source is a group', async () => {
    const { ways, ec2, GroupId } = await openInstance(createWorld({ behaviour: inside }));
    expect(ways()).toEqual([true, true]);
    await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: [ssh()] }));
    expect(ways()).toEqual([false, false]);
    const members = ssh({ UserIdGroupPairs: [{ GroupId }] });
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [members] }));
    expect(ways()).toEqual([false, true]);
  });

  test('a private subnet needs no route to the internet', async () => {
    const world = createWorld({ behaviour: inside });
    const { ec2, SubnetId, RouteTableId, GroupId } = await openInstance(world);
    await ec2.send(new ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch: { Value: false } }));
    await ec2.send(new DeleteRouteCommand({ RouteTableId, DestinationCidrBlock: '0.0.0.0/0' }));
    const { InstanceId } = await launchIn(world, { SubnetId, SecurityGroupIds: [GroupId] });
    expect(waysTo(world, InstanceId).ways()).toEqual([false, true]);
  });
});
