import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  DisassociateAddressCommand,
  ReleaseAddressCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { createWorld, errorOf, type World } from '../../testing/index.ts';
import { createSubnet, createVpc, launchIn, openSubnet } from './a-network.ts';

const instanceOf = async (world: World, id: string) => {
  const { Reservations } = await world.ec2().send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  return Reservations?.[0]?.Instances?.[0];
};

const allocated = async (world: World) => {
  const { AllocationId = '', PublicIp = '' } = await world.ec2().send(new AllocateAddressCommand({}));
  return { AllocationId, PublicIp };
};

const addressesOf = async (world: World) =>
  (await world.ec2().send(new DescribeAddressesCommand({}))).Addresses ?? [];

describe('an Elastic IP address of an instance', () => {
  test('replaces its public address, and is where it answers, until it is disassociated', async () => {
    const world = createWorld();
    const ec2 = world.ec2();
    const { InstanceId, PrivateIpAddress } = await launchIn(world, {});
    const before = (await instanceOf(world, InstanceId))?.PublicIpAddress;
    const { AllocationId, PublicIp } = await allocated(world);
    const { AssociationId } = await ec2.send(new AssociateAddressCommand({ AllocationId, InstanceId }));
    expect(await instanceOf(world, InstanceId)).toMatchObject({
      PublicIpAddress: PublicIp,
      PrivateIpAddress,
      NetworkInterfaces: [{ Association: { PublicIp, IpOwnerId: '123456789012' } }],
    });
    expect(world.machines.get(InstanceId)).toMatchObject({
      address: PublicIp,
      privateAddress: PrivateIpAddress,
    });
    const found = await ec2.send(
      new DescribeAddressesCommand({ Filters: [{ Name: 'instance-id', Values: [InstanceId] }] }),
    );
    expect(found.Addresses).toMatchObject([
      { AllocationId, AssociationId, InstanceId, PrivateIpAddress, NetworkInterfaceOwnerId: '123456789012' },
    ]);
    const Filters = [{ Name: 'association.association-id', Values: [AssociationId ?? ''] }];
    const { NetworkInterfaces } = await ec2.send(new DescribeNetworkInterfacesCommand({ Filters }));
    expect(NetworkInterfaces).toMatchObject([{ Association: { AllocationId, PublicIp } }]);
    const again = await ec2.send(new AssociateAddressCommand({ AllocationId, InstanceId }));
    expect(again.AssociationId, 'the operation is idempotent').toBe(AssociationId);

    await ec2.send(new DisassociateAddressCommand({ AssociationId }));
    const after = await instanceOf(world, InstanceId);
    expect(after?.PublicIpAddress).toMatch(/^127\.77\./);
    expect([before, PublicIp]).not.toContain(after?.PublicIpAddress);
    expect(after?.PrivateIpAddress).toBe(PrivateIpAddress);
    expect(world.machines.get(InstanceId)?.address).toBe(after?.PublicIpAddress);
    expect((await addressesOf(world))[0]).not.toHaveProperty('AssociationId');
    expect(await errorOf(ec2.send(new DisassociateAddressCommand({ AssociationId })))).toBe(
      'InvalidAssociationID.NotFound',
    );
    expect(await errorOf(ec2.send(new DisassociateAddressCommand({ PublicIp })))).toBe('no error');
  });

  test('remains while the instance is stopped, also in a second process, but not once it is terminated', async () => {
    const first = createWorld();
    const { InstanceId } = await launchIn(first, {});
    const { AllocationId, PublicIp } = await allocated(first);
    await first.ec2().send(new AssociateAddressCommand({ AllocationId, InstanceId }));
    await first.ec2().send(new StopInstancesCommand({ InstanceIds: [InstanceId] }));
    await first.aws.close();
    const world = createWorld({ folder: first.folder });
    const ec2 = world.ec2();
    expect(await instanceOf(world, InstanceId)).toMatchObject({
      State: { Name: 'stopped' },
      PublicIpAddress: PublicIp,
    });
    await ec2.send(new StartInstancesCommand({ InstanceIds: [InstanceId] }));
    expect(world.machines.get(InstanceId)?.address).toBe(PublicIp);
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
    expect((await addressesOf(world))[0]).not.toHaveProperty('InstanceId');
    await ec2.send(new ReleaseAddressCommand({ AllocationId }));
  });

  test('moves to another instance unless reassociation is off, and is replaced by another address', async () => {
    const world = createWorld();
    const ec2 = world.ec2();
    const [one, two] = [await launchIn(world, {}), await launchIn(world, {})];
    const first = await allocated(world);
    const second = await allocated(world);
    const associate = (address: { AllocationId: string }, InstanceId: string, more = {}) =>
      ec2.send(new AssociateAddressCommand({ AllocationId: address.AllocationId, InstanceId, ...more }));
    await associate(first, one.InstanceId);
    expect(await errorOf(associate(first, two.InstanceId, { AllowReassociation: false }))).toBe(
      'Resource.AlreadyAssociated',
    );
    const NetworkInterfaceId = two.NetworkInterfaces?.[0]?.NetworkInterfaceId;
    await ec2.send(new AssociateAddressCommand({ PublicIp: first.PublicIp, NetworkInterfaceId }));
    const both = associate(first, two.InstanceId, { NetworkInterfaceId });
    expect(await errorOf(both)).toBe('InvalidParameterCombination');
    await associate(second, two.InstanceId);
    expect((await instanceOf(world, two.InstanceId))?.PublicIpAddress).toBe(second.PublicIp);
    expect((await instanceOf(world, one.InstanceId))?.PublicIpAddress).toMatch(/^127\.77\./);
    expect((await addressesOf(world)).map(({ InstanceId }) => InstanceId)).toEqual([
      undefined,
      two.InstanceId,
    ]);
    await ec2.send(new ReleaseAddressCommand({ AllocationId: second.AllocationId }));
    expect((await instanceOf(world, two.InstanceId))?.PublicIpAddress, 'in the default VPC').toMatch(
      /^127\.77\./,
    );
  });

  test('needs an internet gateway of the VPC, makes a private instance public, and is not released there', async () => {
    const world = createWorld();
    const ec2 = world.ec2();
    const VpcId = await createVpc(ec2);
    const SubnetId = await createSubnet(ec2, VpcId);
    const { InstanceId } = await launchIn(world, { SubnetId });
    const { AllocationId, PublicIp } = await allocated(world);
    const associate = () => ec2.send(new AssociateAddressCommand({ AllocationId, InstanceId }));
    expect(await errorOf(associate())).toBe('Gateway.NotAttached');
    await openSubnet(ec2, VpcId, SubnetId);
    const { AssociationId } = await associate();
    expect((await instanceOf(world, InstanceId))?.PublicIpAddress).toBe(PublicIp);
    expect(await errorOf(ec2.send(new ReleaseAddressCommand({ AllocationId })))).toBe(
      'InvalidIPAddress.InUse',
    );
    await ec2.send(new DisassociateAddressCommand({ AssociationId }));
    expect(await instanceOf(world, InstanceId)).not.toHaveProperty('PublicIpAddress');
    await ec2.send(new ReleaseAddressCommand({ AllocationId }));
  });

  test.each([
    ['neither instance nor interface', {}, 'MissingParameter'],
    [
      'no such interface',
      { NetworkInterfaceId: 'eni-0123456789abcdef0' },
      'InvalidNetworkInterfaceID.NotFound',
    ],
    ['no such instance', { InstanceId: 'i-0123456789abcdef0' }, 'InvalidInstanceID.NotFound'],
    ['an address by two names', { PublicIp: '127.76.0.1', InstanceId: 'i-1' }, 'InvalidParameterCombination'],
  ])('is refused for %s', async (_, input, code) => {
    const world = createWorld();
    const { AllocationId } = await allocated(world);
    expect(await errorOf(world.ec2().send(new AssociateAddressCommand({ AllocationId, ...input })))).toBe(
      code,
    );
  });

  test('cannot be associated with an instance that is starting or terminating', async () => {
    const world = createWorld({ behaviour: { speed: { instanceStart: 60 } } });
    const { InstanceId } = await launchIn(world, {});
    const { AllocationId } = await allocated(world);
    const associate = () => world.ec2().send(new AssociateAddressCommand({ AllocationId, InstanceId }));
    expect(await errorOf(associate())).toBe('InvalidInstanceID');
    world.aws.settings.advance(60);
    expect(await errorOf(associate())).toBe('no error');
  });
});
