import type {
  DescribeInstanceTypesRequest,
  DescribeInstanceTypesResult,
  InstanceTypeInfo,
} from '@aws-sdk/client-ec2';
import { type Operation, operation } from '../calls/operation.ts';
import { pageOf, refuseIdsWithPageSize } from '../calls/pages.ts';
import { AwsError, notImplemented } from '../model/aws-error.ts';
import { settingsOf } from '../state/stored-settings.ts';
import { type Fields, filtered } from './filters.ts';
import { bootModesOf, factsOf, knownTypes, type TypeFacts } from './instance-type-facts.ts';
import { zonesWith } from './instance-type-places.ts';
import { enaSupportOf, rootDevicesOf, virtualizationsOf } from './instance-type-rules.ts';
import { familyOf, isInstanceType } from './instance-types.ts';
import { cpuOptionsOf } from './vcpus.ts';

type Shown = InstanceTypeInfo & { InstanceType: NonNullable<InstanceTypeInfo['InstanceType']> };

/** Xen sizes that also run 32 bits (`ProcessorInfo.SupportedArchitectures`). */
const runs32Bits = (type: string): boolean =>
  /^(t1\.micro|t2\.(nano|micro|small|medium)|m1\.(small|medium)|c1\.medium|c3\.large)$/.test(type);

/** For accounts since July 2025 ("AWS Free Tier"). */
const freeTier = /^([cm]7i-flex\.large|(t3|t4g|t8i)\.(micro|small))$/;

/** Xen types that can also show volumes as NVMe devices. */
const canNvme = (type: string): boolean => familyOf(type) === 'i3';

const view = (type: string, facts: TypeFacts): Shown => {
  const { architecture } = facts;
  const { CoreCount, ThreadsPerCore } = cpuOptionsOf(type);
  const isBurstable = /^t[234]/.test(type);
  return {
    InstanceType: type as Shown['InstanceType'],
    CurrentGeneration: !facts.isPrevious,
    FreeTierEligible: freeTier.test(type),
    SupportedUsageClasses: facts.isForSpot && type !== 't2.nano' ? ['on-demand', 'spot'] : ['on-demand'],
    SupportedRootDeviceTypes: rootDevicesOf(type),
    SupportedVirtualizationTypes: virtualizationsOf(type),
    BareMetal: facts.isBareMetal,
    ...(facts.isBareMetal ? {} : { Hypervisor: facts.isXen ? 'xen' : 'nitro' }),
    ProcessorInfo: {
      SupportedArchitectures: runs32Bits(type) ? ['i386', architecture] : [architecture],
    },
    VCpuInfo: {
      DefaultVCpus: facts.vcpus,
      ...(CoreCount === undefined ? {} : { DefaultCores: CoreCount }),
      ...(ThreadsPerCore === undefined ? {} : { DefaultThreadsPerCore: ThreadsPerCore }),
    },
    MemoryInfo: { SizeInMiB: facts.memory },
    EbsInfo: {
      EncryptionSupport: 'supported',
      NvmeSupport: canNvme(type) ? 'supported' : facts.isXen ? 'unsupported' : 'required',
    },
    NetworkInfo: { EnaSupport: enaSupportOf(type) },
    BurstablePerformanceSupported: isBurstable,
    SupportedBootModes: bootModesOf(facts),
  };
};

const fields: Fields<Shown> = {
  'bare-metal': ({ BareMetal }) => String(BareMetal),
  'burstable-performance-supported': ({ BurstablePerformanceSupported }) =>
    String(BurstablePerformanceSupported),
  'current-generation': ({ CurrentGeneration }) => String(CurrentGeneration),
  'ebs-info.encryption-support': ({ EbsInfo }) => EbsInfo?.EncryptionSupport,
  'ebs-info.nvme-support': ({ EbsInfo }) => EbsInfo?.NvmeSupport,
  'free-tier-eligible': ({ FreeTierEligible }) => String(FreeTierEligible),
  hypervisor: ({ Hypervisor }) => Hypervisor,
  'instance-type': ({ InstanceType }) => InstanceType,
  'memory-info.size-in-mib': ({ MemoryInfo }) => String(MemoryInfo?.SizeInMiB),
  'network-info.ena-support': ({ NetworkInfo }) => NetworkInfo?.EnaSupport,
  'processor-info.supported-architecture': ({ ProcessorInfo }) => ProcessorInfo?.SupportedArchitectures ?? [],
  'supported-boot-mode': ({ SupportedBootModes }) => SupportedBootModes ?? [],
  'supported-root-device-type': ({ SupportedRootDeviceTypes }) => SupportedRootDeviceTypes ?? [],
  'supported-usage-class': ({ SupportedUsageClasses }) => SupportedUsageClasses ?? [],
  'supported-virtualization-type': ({ SupportedVirtualizationTypes }) => SupportedVirtualizationTypes ?? [],
  'vcpu-info.default-cores': ({ VCpuInfo }) => String(VCpuInfo?.DefaultCores),
  'vcpu-info.default-threads-per-core': ({ VCpuInfo }) => String(VCpuInfo?.DefaultThreadsPerCore),
  'vcpu-info.default-vcpus': ({ VCpuInfo }) => String(VCpuInfo?.DefaultVCpus),
};

/** Prefixes of filters that AWS documents but that look at facts the sandbox does not have for any type. */
const unknownFilters =
  /^(auto-recovery-supported|dedicated-hosts-supported|ebs-info\.|hibernation-supported|instance-storage-|network-info\.|nitro-|processor-info\.|reboot-migration-support|vcpu-info\.)/;

export const describeInstanceTypesOperations: Record<string, Operation> = {
  /** Types that the region has and the sandbox's table describes, or the requested ones among them. */
  DescribeInstanceTypes: operation<DescribeInstanceTypesRequest, DescribeInstanceTypesResult>(
    ['InstanceTypes', 'Filters', 'MaxResults', 'NextToken'],
    (context, input) => {
      const declared = settingsOf(context).instanceTypes;
      const isKnown = (type: string) => isInstanceType(type) || Object.hasOwn(declared, type);
      refuseIdsWithPageSize(input.InstanceTypes, 'instanceTypes', input);
      const strange = (input.InstanceTypes ?? []).filter(
        (type) => !isKnown(type) || zonesWith(context, type).length === 0,
      );
      if (strange.length > 0) {
        throw new AwsError(
          'InvalidInstanceType',
          `The following supplied instance types do not exist: [${strange.join(', ')}]`,
        );
      }
      const filter = input.Filters?.find(
        ({ Name = '' }) => !Object.hasOwn(fields, Name) && unknownFilters.test(Name),
      );
      if (filter) throw notImplemented(`ec2:DescribeInstanceTypes with the filter ${filter.Name}`);
      const named: string[] = input.InstanceTypes?.length
        ? [...new Set(input.InstanceTypes)]
        : knownTypes.filter((type) => zonesWith(context, type).length > 0);
      const types = named.map((type) => {
        const facts = factsOf(type);
        if (facts) return view(type, facts);
        throw notImplemented(
          `ec2:DescribeInstanceTypes for the family ${familyOf(type)}, or this size of it`,
        );
      });
      const { items, next } = pageOf(
        'DescribeInstanceTypes',
        filtered(types, input.Filters, fields),
        ({ InstanceType }) => InstanceType,
        input,
        { most: 100 },
      );
      return { InstanceTypes: items, NextToken: next };
    },
  ),
};
