import {
  DescribeAccountAttributesCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeInstanceTypeOfferingsCommand,
  DescribeInstanceTypesCommand,
  GetConsoleOutputCommand,
  paginateDescribeInstanceTypes,
  RebootInstancesCommand,
  ReplaceImageInstanceTypeSpecificationCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { canonicalImage, createWorld, errorOf, launch, makeImage } from '../testing/index.ts';
import { runOf } from './network/a-network.ts';

describe('DescribeInstanceTypes', () => {
  test('describes a type by name', async () => {
    const { InstanceTypes } = await createWorld()
      .ec2()
      .send(new DescribeInstanceTypesCommand({ InstanceTypes: ['m3.medium', 't4g.small'] }));
    expect(InstanceTypes).toMatchObject([
      {
        InstanceType: 'm3.medium',
        CurrentGeneration: false,
        SupportedRootDeviceTypes: ['ebs', 'instance-store'],
        SupportedVirtualizationTypes: ['hvm', 'paravirtual'],
        Hypervisor: 'xen',
        VCpuInfo: { DefaultVCpus: 1 },
        MemoryInfo: { SizeInMiB: 3840 },
        NetworkInfo: { EnaSupport: 'unsupported' },
        SupportedBootModes: ['legacy-bios'],
      },
      {
        InstanceType: 't4g.small',
        CurrentGeneration: true,
        SupportedRootDeviceTypes: ['ebs'],
        Hypervisor: 'nitro',
        ProcessorInfo: { SupportedArchitectures: ['arm64'] },
        VCpuInfo: { DefaultVCpus: 2, DefaultCores: 2, DefaultThreadsPerCore: 1 },
        MemoryInfo: { SizeInMiB: 2048 },
        NetworkInfo: { EnaSupport: 'required' },
        BurstablePerformanceSupported: true,
        SupportedBootModes: ['uefi'],
      },
    ]);
  });

  test('lists the types of a region, by page and by filter', async () => {
    const ec2 = createWorld().ec2();
    const all: string[] = [];
    for await (const { InstanceTypes = [] } of paginateDescribeInstanceTypes(
      { client: ec2, pageSize: 100 },
      {},
    )) {
      all.push(...InstanceTypes.map(({ InstanceType = '' }) => String(InstanceType)));
    }
    expect(all.length).toBeGreaterThan(1300);
    expect(new Set(all).size).toBe(all.length);
    const Filters = [
      { Name: 'vcpu-info.default-vcpus', Values: ['4'] },
      { Name: 'memory-info.size-in-mib', Values: ['16384'] },
      { Name: 'instance-type', Values: ['t2*', 't3*', 't4*', 'c*', 'm3*'] },
    ];
    const { InstanceTypes } = await ec2.send(new DescribeInstanceTypesCommand({ Filters }));
    expect(InstanceTypes?.map(({ InstanceType }) => InstanceType)).toEqual([
      't2.xlarge',
      't3.xlarge',
      't3a.xlarge',
      't4g.xlarge',
    ]);
  });

  test('refuses unknown types, and types that the region lacks', async () => {
    const describe = (type: string, region = 'us-east-1') =>
      errorOf(
        createWorld()
          .ec2({ region })
          .send(new DescribeInstanceTypesCommand({ InstanceTypes: [type as 't3.micro'] })),
      );
    expect(await describe('q9.large')).toBe('InvalidInstanceType');
    expect(await describe('m5.3xlarge')).toBe('InvalidInstanceType');
    expect(await describe('m3.medium')).toBe('no error');
    expect(await describe('m3.medium', 'eu-north-1')).toBe('InvalidInstanceType');
    expect(await describe('u7i-12tb.224xlarge')).toBe('no error');
  });
});

test('offerings include all described types if none is named', async () => {
  const ec2 = createWorld().ec2();
  const offered = async (...Values: string[]) => {
    const Filters = Values.length > 0 ? [{ Name: 'instance-type', Values }] : [];
    const { InstanceTypeOfferings = [] } = await ec2.send(
      new DescribeInstanceTypeOfferingsCommand({ Filters }),
    );
    return InstanceTypeOfferings.map(({ InstanceType }) => String(InstanceType));
  };
  expect(await offered()).toEqual(expect.arrayContaining(['m3.medium', 't3.micro', 'm7g.large']));
  expect(await offered('m3.*')).toEqual(['m3.2xlarge', 'm3.large', 'm3.medium', 'm3.xlarge']);
  expect(await offered('p4d.24xlarge')).toEqual(['p4d.24xlarge']);
});

test('a running instance has a console and can be rebooted; a stopped one cannot', async () => {
  const world = createWorld();
  const ec2 = world.ec2();
  const id = await launch(world);
  const { Output = '' } = await ec2.send(new GetConsoleOutputCommand({ InstanceId: id }));
  expect(Buffer.from(Output, 'base64').toString()).toContain('runs no system');
  await ec2.send(new RebootInstancesCommand({ InstanceIds: [id] }));
  const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  expect(Reservations?.[0]?.Instances?.[0]?.State?.Name).toBe('running');
  expect(world.machines.has(id)).toBe(true);
  await ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
  expect(await errorOf(ec2.send(new RebootInstancesCommand({ InstanceIds: [id] })))).toBe('IncorrectState');
});

/** ReplaceImageInstanceTypeSpecification, EC2 API reference: supported types have to match, unsupported ones must not. */
test('an image starts only on the instance types that its owner allows, until the limit is removed', async () => {
  const world = createWorld();
  const ec2 = world.ec2();
  const { id: ImageId } = await makeImage(world, 'limited');
  const limit = (InstanceTypeSpecification?: object) =>
    ec2.send(new ReplaceImageInstanceTypeSpecificationCommand({ ImageId, InstanceTypeSpecification }));
  const startsOn = async (InstanceType: string) =>
    errorOf(ec2.send(await runOf(world, { ImageId, InstanceType })));
  await limit({ SupportedInstanceTypes: ['t3.*', 'm5.large'], UnsupportedInstanceTypes: ['t3.nano'] });
  const { Images } = await ec2.send(new DescribeImagesCommand({ ImageIds: [ImageId] }));
  expect(Images?.[0]?.InstanceTypeSpecification).toEqual({
    SupportedInstanceTypes: [{ InstanceType: 't3.*' }, { InstanceType: 'm5.large' }],
    UnsupportedInstanceTypes: [{ InstanceType: 't3.nano' }],
  });
  expect(await startsOn('t3.micro')).toBe('no error');
  expect(await startsOn('t3.nano')).toBe('InvalidParameterCombination');
  expect(await startsOn('m5.xlarge')).toBe('InvalidParameterCombination');
  for (const SupportedInstanceTypes of [['t3.*', 't3.*'], ['t3.**'], ['t3 micro'], ['a'.repeat(25)]]) {
    expect(await errorOf(limit({ SupportedInstanceTypes }))).toBe('InvalidParameterValue');
  }
  await limit();
  expect(await startsOn('m5.xlarge')).toBe('no error');
  const foreign = new ReplaceImageInstanceTypeSpecificationCommand({ ImageId: await canonicalImage(world) });
  expect(await errorOf(ec2.send(foreign))).toBe('AuthFailure');
});

/** AccountAttribute and DescribeAccountAttributes, EC2 API reference. */
test('the attributes of an account name its default VPC, or none', async () => {
  const world = createWorld({ behaviour: { accounts: [{ region: 'eu-west-1', defaultVpc: false }] } });
  const of = async (region: string, AttributeNames?: ['default-vpc']) => {
    const { AccountAttributes = [] } = await world
      .ec2({ region })
      .send(new DescribeAccountAttributesCommand({ AttributeNames }));
    return AccountAttributes;
  };
  expect(await of('us-east-1', ['default-vpc'])).toEqual([
    { AttributeName: 'default-vpc', AttributeValues: [{ AttributeValue: expect.stringMatching(/^vpc-/) }] },
  ]);
  expect(await of('eu-west-1', ['default-vpc'])).toMatchObject([
    { AttributeValues: [{ AttributeValue: 'none' }] },
  ]);
  expect(await of('eu-west-1')).toHaveLength(6);
  const strange = new DescribeAccountAttributesCommand({ AttributeNames: ['max-fun' as 'default-vpc'] });
  expect(await errorOf(world.ec2().send(strange))).toBe('InvalidParameterValue');
});
