import type { RunInstancesRequest } from '@aws-sdk/client-ec2';
import type { Context } from '../calls/operation.ts';
import { AwsError, notImplemented } from '../model/aws-error.ts';
import type { SubnetRecord } from '../model/network-records.ts';
import { regionFacts } from '../model/regions.ts';
import { checkOffered, zonesWith } from './instance-type-places.ts';
import { defaultVpc, securityGroupsOf, subnetsOf, subnetWithId } from './network-records.ts';
import { securityGroupNamed, securityGroupWithId } from './security-groups.ts';
import { freeAddresses } from './subnets.ts';

/** The place of a new instance. */
export interface Place {
  subnet: SubnetRecord;
  groups: string[];
  /** Whether it has a public address. */
  isPublic: boolean;
}

const knownOfInterface = new Set([
  'AssociatePublicIpAddress',
  'DeleteOnTermination',
  'Description',
  'DeviceIndex',
  'Groups',
  'SubnetId',
]);

/** Subnet, groups and public address of a launch, from the request itself or from its one network interface. */
export const placeOf = (context: Context, input: RunInstancesRequest, type: string): Place => {
  const [face, ...more] = input.NetworkInterfaces ?? [];
  if (more.length > 0 || (face && (face.DeviceIndex ?? 0) !== 0)) {
    throw notImplemented('more than one network interface');
  }
  const unknown = Object.keys(face ?? {}).find((member) => !knownOfInterface.has(member));
  if (unknown) throw notImplemented(`network interfaces with ${unknown}`);
  if (face?.DeleteOnTermination === false) {
    throw notImplemented('network interfaces that outlive their instance');
  }
  if (face && (input.SubnetId || input.SecurityGroupIds?.length || input.SecurityGroups?.length)) {
    throw new AwsError(
      'InvalidParameterCombination',
      'Network interfaces and an instance-level subnet ID or security groups may not be specified on the same request',
    );
  }
  const { AvailabilityZone: zone, Tenancy: tenancy = 'default', ...placement } = input.Placement ?? {};
  const elsewhere = tenancy === 'default' ? Object.keys(placement)[0] : `Tenancy ${tenancy}`;
  if (elsewhere) throw notImplemented(`Placement with ${elsewhere}`);
  const subnet = subnetOf(context, face?.SubnetId ?? input.SubnetId, zone, type);
  return {
    subnet,
    groups: groupsOf(context, subnet, face?.Groups ?? input.SecurityGroupIds, input.SecurityGroups),
    isPublic: face?.AssociatePublicIpAddress ?? subnet.mapsPublicIp,
  };
};

/** The requested subnet, otherwise one of the default VPC in a zone that offers the type. */
const subnetOf = (
  context: Context,
  id: string | undefined,
  zone: string | undefined,
  type: string,
): SubnetRecord => {
  const region = regionFacts(context.region);
  const vpc = id === undefined ? defaultVpc(context) : undefined;
  if (zone !== undefined && !region.zones.some((letter) => `${region.name}${letter}` === zone)) {
    throw new AwsError('InvalidParameterValue', `Invalid availability zone: [${zone}]`);
  }
  const offered = zonesWith(context, type);
  const defaults = subnetsOf(context).filter((one) => one.isDefault && one.vpc === vpc?.id);
  const subnet =
    id !== undefined
      ? subnetWithId(context, id)
      : zone === undefined
        ? (defaults.find((one) => offered.includes(one.zone)) ?? defaults[0])
        : defaults.find((one) => one.zone === zone);
  if (!subnet) {
    throw new AwsError(
      'MissingInput',
      zone === undefined
        ? `No subnets found for the default VPC '${vpc?.id}'. Please specify a subnet.`
        : `No default subnet for availability zone: '${zone}'.`,
    );
  }
  if (zone !== undefined && subnet.zone !== zone) {
    throw new AwsError(
      'InvalidParameterValue',
      `The availability zone ${zone} is not that of subnet ${subnet.id}, which is ${subnet.zone}`,
    );
  }
  checkOffered(context, type, subnet.zone);
  return subnet;
};

/** Throws unless a subnet has room for this many more instances. */
export const checkRoom = (context: Context, subnet: SubnetRecord, count: number): void => {
  if (freeAddresses(context, subnet) >= count) return;
  throw new AwsError(
    'InsufficientFreeAddressesInSubnet',
    `There are not enough free addresses in subnet '${subnet.id}' to satisfy the requested number of instances.`,
  );
};

/** The requested groups, which must all belong to the subnet's VPC; without any, its default group. */
const groupsOf = (
  context: Context,
  subnet: SubnetRecord,
  ids: string[] | undefined,
  names: string[] | undefined,
): string[] => {
  if (ids?.length && names?.length) {
    throw new AwsError('InvalidParameterCombination', 'Security groups are given by id or by name, not both');
  }
  const found = [
    ...(ids ?? []).map((id) => securityGroupWithId(context, id)),
    ...(names ?? []).map((name) => securityGroupNamed(context, name)),
  ];
  const strange = found.find(({ vpc }) => vpc !== subnet.vpc);
  if (strange) {
    throw new AwsError(
      'InvalidParameter',
      `Security group ${strange.id} and subnet ${subnet.id} belong to different networks.`,
    );
  }
  if (found.length > 0) return [...new Set(found.map(({ id }) => id))];
  return securityGroupsOf(context).flatMap(({ id, vpc, name }) =>
    vpc === subnet.vpc && name === 'default' ? [id] : [],
  );
};
