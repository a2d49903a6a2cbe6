import { type InstanceTypeInfo, paginateDescribeInstanceTypes } from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { createWorld } from '../../sandbox/testing/index.ts';
import { judge, judged } from './judge.ts';
import { answerOfScript } from './python.ts';

const name = "AWS's instance types, as moto has collected them";
const environment = judge(name);

/** Mac instances run only on Dedicated Hosts, which the sandbox does not have. */
const isLeftOut = (type: string): boolean => type.startsWith('mac');

/** The sandbox's description of a type, as one line. AWS describes more; no account can buy a capacity block here. */
const line = (info: InstanceTypeInfo): string =>
  JSON.stringify([
    info.CurrentGeneration,
    info.FreeTierEligible,
    info.SupportedUsageClasses?.filter((usage) => usage !== 'capacity-block'),
    info.SupportedRootDeviceTypes,
    info.SupportedVirtualizationTypes,
    info.BareMetal,
    info.Hypervisor ?? '',
    info.ProcessorInfo?.SupportedArchitectures,
    info.VCpuInfo?.DefaultVCpus,
    info.VCpuInfo?.DefaultCores,
    info.VCpuInfo?.DefaultThreadsPerCore,
    info.MemoryInfo?.SizeInMiB,
    info.EbsInfo?.EncryptionSupport,
    info.EbsInfo?.NvmeSupport,
    info.NetworkInfo?.EnaSupport,
    info.BurstablePerformanceSupported,
    info.SupportedBootModes,
  ]);

test.skipIf(!environment)(
  'the sandbox has each instance type of AWS, with the properties that a launch depends on',
  async () => {
    if (!environment) return;
    const collected = await answerOfScript<Record<string, InstanceTypeInfo>>(
      environment,
      ['instance_types.py'],
      {},
    );
    const aws = Object.entries(collected).flatMap(([type, info]) =>
      isLeftOut(type) ? [] : [[type, line(info)] as const],
    );
    const ours: [string, string][] = [];
    for await (const { InstanceTypes = [] } of paginateDescribeInstanceTypes(
      { client: createWorld().ec2(), pageSize: 100 },
      {},
    )) {
      ours.push(...InstanceTypes.map((info): [string, string] => [String(info.InstanceType), line(info)]));
    }
    expect(ours.length).toBeGreaterThan(1300);
    expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(aws));
    judged(name, `${ours.length} types`);
  },
);
