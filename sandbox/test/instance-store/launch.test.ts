import {
  CopyImageCommand,
  CreateImageCommand,
  DescribeInstancesCommand,
  DescribeInstanceTypeOfferingsCommand,
  type DescribeInstanceTypeOfferingsCommandInput,
  DescribeSubnetsCommand,
  DescribeVolumesCommand,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { createWorld, errorOf, type World } from '../../testing/world.ts';
import { instanceStoreBase } from './bases.ts';

const run = async (
  world: World,
  virtualization: 'hvm' | 'paravirtual',
  input: Partial<RunInstancesCommandInput> = {},
  region = 'us-east-1',
) =>
  world.ec2({ region }).send(
    new RunInstancesCommand({
      ImageId: await instanceStoreBase(world, virtualization, region),
      InstanceType: 'm3.medium',
      MinCount: 1,
      MaxCount: 1,
      ...input,
    }),
  );

test('an instance with its root on instance-store has no volume, and can neither be stopped nor become an EBS image', async () => {
  const world = createWorld();
  const { Instances } = await run(world, 'paravirtual');
  const InstanceId = Instances?.[0]?.InstanceId ?? '';
  const { Reservations } = await world.ec2().send(new DescribeInstancesCommand({}));
  expect(Reservations?.[0]?.Instances?.[0]).toMatchObject({
    RootDeviceType: 'instance-store',
    RootDeviceName: '/dev/sda1',
    VirtualizationType: 'paravirtual',
    BlockDeviceMappings: [],
    State: { Name: 'running' },
  });
  expect((await world.ec2().send(new DescribeVolumesCommand({}))).Volumes).toEqual([]);
  const ids = { InstanceIds: [InstanceId] };
  expect(await errorOf(world.ec2().send(new StopInstancesCommand(ids)))).toBe('UnsupportedOperation');
  expect(await errorOf(world.ec2().send(new StartInstancesCommand(ids)))).toBe('UnsupportedOperation');
  expect(await errorOf(world.ec2().send(new CreateImageCommand({ InstanceId, Name: 'no root' })))).toBe(
    'InvalidParameterValue',
  );
  expect(world.machines.has(InstanceId)).toBe(true);
  await world.ec2().send(new TerminateInstancesCommand(ids));
  expect(world.machines.size).toBe(0);
});

const ebs = [{ DeviceName: '/dev/sdf', Ebs: { VolumeSize: 1 } }];

test.each<[string, 'hvm' | 'paravirtual', Partial<RunInstancesCommandInput>]>([
  ['UnsupportedOperation', 'hvm', { InstanceType: 'm4.large' }],
  ['UnsupportedOperation', 'paravirtual', { InstanceType: 't1.micro' }],
  ['InvalidParameterCombination', 'paravirtual', { InstanceType: 'r3.large' }],
  ['UnsupportedOperation', 'hvm', { BlockDeviceMappings: ebs }],
  ['InvalidParameterCombination', 'hvm', { InstanceInitiatedShutdownBehavior: 'stop' }],
  ['Unsupported', 'hvm', { Placement: { AvailabilityZone: 'us-east-1f' } }],
])('%s for a root on instance-store, %s, with %j', async (code, virtualization, input) => {
  const world = createWorld();
  expect(await errorOf(run(world, virtualization, input))).toBe(code);
  expect(world.machines.size).toBe(0);
});

test.each<['hvm' | 'paravirtual', string]>([
  ['hvm', 'c3.large'],
  ['hvm', 'd2.xlarge'],
  ['hvm', 'm1.small'],
  ['paravirtual', 'm1.small'],
  ['paravirtual', 'c1.medium'],
])('a root on instance-store, %s, starts on %s', async (virtualization, type) => {
  const world = createWorld();
  await run(world, virtualization, { InstanceType: type as 'c3.large' });
  expect(world.machines.size).toBe(1);
});

const offerings = async (world: World, region: string, input: DescribeInstanceTypeOfferingsCommandInput) => {
  const { InstanceTypeOfferings = [] } = await world
    .ec2({ region })
    .send(new DescribeInstanceTypeOfferingsCommand(input));
  return InstanceTypeOfferings.map(({ InstanceType, Location }) => `${InstanceType} ${Location}`).sort();
};

const named = (...Values: string[]) => ({ Filters: [{ Name: 'instance-type', Values }] });

test('a launch uses only a zone that offers the type, as DescribeInstanceTypeOfferings says', async () => {
  const world = createWorld();
  const zones = await offerings(world, 'us-west-2', {
    LocationType: 'availability-zone',
    ...named('m3.medium', 't3.micro', 'z9.huge'),
  });
  expect(zones).toEqual([
    ...['a', 'b', 'c'].map((zone) => `m3.medium us-west-2${zone}`),
    ...['a', 'b', 'c', 'd'].map((zone) => `t3.micro us-west-2${zone}`),
  ]);
  const { Instances } = await run(world, 'hvm', {}, 'us-west-2');
  expect(zones).toContain(`m3.medium ${Instances?.[0]?.Placement?.AvailabilityZone}`);
  const { Subnets } = await world
    .ec2({ region: 'us-west-2' })
    .send(new DescribeSubnetsCommand({ Filters: [{ Name: 'availability-zone', Values: ['us-west-2d'] }] }));
  const SubnetId = Subnets?.[0]?.SubnetId ?? '';
  await expect(run(world, 'hvm', { SubnetId }, 'us-west-2')).rejects.toMatchObject({
    name: 'Unsupported',
    message: expect.stringContaining('choosing us-west-2a, us-west-2b, us-west-2c.'),
  });
});

test('a newer region has no previous-generation types', async () => {
  const world = createWorld();
  expect(await offerings(world, 'eu-west-3', named('m3.medium', 't3.micro'))).toEqual(['t3.micro eu-west-3']);
  expect(await errorOf(run(world, 'hvm', {}, 'eu-west-3'))).toBe('Unsupported');
});

test('offerings have only existing location types', async () => {
  const world = createWorld();
  expect(
    await errorOf(offerings(world, 'us-east-1', { LocationType: 'moon' as 'region', ...named('m3.large') })),
  ).toBe('InvalidParameterValue');
});

test('an image with its root on instance-store is not copied', async () => {
  const world = createWorld();
  const SourceImageId = await instanceStoreBase(world, 'hvm');
  const copy = new CopyImageCommand({ Name: 'a copy', SourceImageId, SourceRegion: 'us-east-1' });
  expect(await errorOf(world.ec2({ region: 'us-west-2' }).send(copy))).toBe('NotImplementedBySandbox');
});
