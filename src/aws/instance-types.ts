import {
  type _InstanceType,
  type InstanceTypeInfo,
  paginateDescribeInstanceTypeOfferings,
  paginateDescribeInstanceTypes,
} from '@aws-sdk/client-ec2';
import { definedOnly } from '../lib/defined-only.ts';
import type { Lookup } from '../model/lookup.ts';
import { ask, filterValues, inParts } from './ask.ts';
import type { Clients } from './connection.ts';
import { everyPage } from './pagination.ts';

/** EC2's facts about an instance type, under gopackgo's names (EC2 API reference, DescribeInstanceTypes). */
export interface InstanceTypeFacts {
  name: string;
  /** One or several of `x86_64`, `arm64`, `i386`, …. */
  architectures: string[];
  /** `hvm`, `paravirtual`. */
  virtualizations: string[];
  /** `ebs`, `instance-store`. */
  rootDevices: string[];
  /** `legacy-bios`, `uefi`; empty if EC2 does not say. */
  bootModes: string[];
  /** `required`, `supported`, `unsupported`; absent if EC2 does not say. */
  ena?: string;
  vcpus: number;
}

/** The zones of a region that offer instance types, by type. A missing type is not offered there, or does not exist. */
export function offeredZones(
  clients: Clients,
  region: string,
  types: readonly string[],
): Promise<Lookup<Map<string, string[]>>> {
  return ask('ec2:DescribeInstanceTypeOfferings', region, async () => {
    const zones = new Map<string, string[]>();
    for (const Values of inParts(types, filterValues)) {
      const pages = paginateDescribeInstanceTypeOfferings(
        { client: clients.ec2(region), pageSize: 500 },
        { LocationType: 'availability-zone', Filters: [{ Name: 'instance-type', Values }] },
      );
      for await (const page of everyPage(pages)) {
        for (const { InstanceType = '', Location = '' } of page.InstanceTypeOfferings ?? [])
          zones.set(InstanceType, [...(zones.get(InstanceType) ?? []), Location].sort());
      }
    }
    return zones;
  });
}

/** DescribeInstanceTypes accepts at most 100 names (EC2 API reference). */
const typesPerCall = 100;

/** Facts about instance types, by name. Ask only for existing types: EC2 refuses others (`InvalidInstanceType`). */
export function instanceTypeFacts(
  clients: Clients,
  region: string,
  types: readonly string[],
): Promise<Lookup<Map<string, InstanceTypeFacts>>> {
  return ask('ec2:DescribeInstanceTypes', region, async () => {
    const facts = new Map<string, InstanceTypeFacts>();
    for (const some of inParts(types, typesPerCall)) {
      const pages = paginateDescribeInstanceTypes(
        { client: clients.ec2(region) },
        { InstanceTypes: some as _InstanceType[] },
      );
      for await (const page of everyPage(pages))
        for (const info of page.InstanceTypes ?? []) facts.set(info.InstanceType ?? '', toFacts(info));
    }
    return facts;
  });
}

const toFacts = (info: InstanceTypeInfo): InstanceTypeFacts => ({
  name: info.InstanceType ?? '',
  architectures: info.ProcessorInfo?.SupportedArchitectures ?? [],
  virtualizations: info.SupportedVirtualizationTypes ?? [],
  rootDevices: info.SupportedRootDeviceTypes ?? [],
  bootModes: info.SupportedBootModes ?? [],
  ...definedOnly({ ena: info.NetworkInfo?.EnaSupport }),
  vcpus: info.VCpuInfo?.DefaultVCpus ?? 0,
});
