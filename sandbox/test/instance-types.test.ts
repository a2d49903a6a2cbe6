import {
  DescribeInstancesCommand,
  DescribeInstanceTypeOfferingsCommand,
  DescribeInstanceTypesCommand,
  GetConsoleOutputCommand,
  paginateDescribeInstanceTypes,
  RebootInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { createWorld, errorOf, launch } from '../testing/index.ts';

describe('DescribeInstanceTypes', () => {
  test('says what a type has, by name', async () => {
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

  test('lists those of a region, by page and by filter', async () => {
    const ec2 = createWorld().ec2();
    const all: string[] = [];
    for await (const { InstanceTypes = [] } of paginateDescribeInstanceTypes(
      { client: ec2, pageSize: 100 },
      {},
    )) {
      all.push(...InstanceTypes.map(({ InstanceType = '' }) => String(InstanceType)));
    }
    expect(all.length).toBeGreaterThan(200);
    expect(new Set(all).size).toBe(all.length);
    const Filters = [
      { Name: 'vcpu-info.default-vcpus', Values: ['4'] },
      { Name: 'memory-info.size-in-mib', Values: ['16384'] },
      { Name: 'instance-type', Values: ['t*', 'c*', 'm3*'] },
    ];
    const { InstanceTypes } = await ec2.send(new DescribeInstanceTypesCommand({ Filters }));
    expect(InstanceTypes?.map(({ InstanceType }) => InstanceType)).toEqual([
      't2.xlarge',
      't3.xlarge',
      't3a.xlarge',
      't4g.xlarge',
    ]);
  });

  test('refuses types that the region has not, and says which families it does not know enough of', async () => {
    const describe = (type: string, region = 'us-east-1') =>
      errorOf(
        createWorld()
          .ec2({ region })
          .send(new DescribeInstanceTypesCommand({ InstanceTypes: [type as 't3.micro'] })),
      );
    expect(await describe('q9.large')).toBe('InvalidInstanceType');
    expect(await describe('m3.medium')).toBe('no error');
    expect(await describe('m3.medium', 'eu-north-1')).toBe('InvalidInstanceType');
    expect(await describe('u7i-12tb.224xlarge')).toBe('NotImplementedBySandbox');
  });
});

test('offerings are those of all types that are described, where none is named', async () => {
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
