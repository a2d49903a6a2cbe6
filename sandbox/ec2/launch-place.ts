import type { RunInstancesRequest } from '@aws-sdk/client-ec2';
import type { Context } from '../calls/operation.ts';
import { AwsError, notImplemented } from '../model/aws-error.ts';
import { derivedId, lookUp } from '../model/identifiers.ts';
import { regionFacts } from '../model/regions.ts';
import { checkOffered, zonesWith } from './instance-type-places.ts';
import { isDefaultVpc, onlyVpc, type Subnet, subnets } from './network.ts';
import { securityGroupNamed, securityGroupWithId } from './security-groups.ts';

/** Where an instance comes to stand. */
export interface Place {
  vpc: string;
  subnet: Subnet;
  groups: string[];
  /** Whether its address is a public one. */
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

/** Subnet, groups and public address of a launch, given either by the request itself or by its one network interface. */
export const placeOf = (context: Context, input: RunInstancesRequest, type: string): Place => {
  const [face, ...more] = input.NetworkInterfaces ?? [];
  if (more.length > 0 || (face && (face.DeviceIndex ?? 0) !== 0)) {
    throw notImplemented('more than one network interface');
  }
  const unknown = Object.keys(face ?? {}).find((member) => !knownOfInterface.has(member));
  if (unknown) throw notImplemented(`network interfaces with ${unknown}`);
  if (face && (input.SubnetId || input.SecurityGroupIds?.length || input.SecurityGroups?.length)) {
    throw new AwsError(
      'InvalidParameterCombination',
      'Network interfaces and an instance-level subnet ID or security groups may not be specified on the same request',
    );
  }
  const { AvailabilityZone: zone, Tenancy: tenancy = 'default', ...placement } = input.Placement ?? {};
  const elsewhere = tenancy === 'default' ? Object.keys(placement)[0] : `Tenancy ${tenancy}`;
  if (elsewhere) throw notImplemented(`Placement with ${elsewhere}`);
  return {
    vpc: onlyVpc(context),
    subnet: subnetOf(context, face?.SubnetId ?? input.SubnetId, zone, type),
    groups: groupsOf(context, face?.Groups ?? input.SecurityGroupIds, input.SecurityGroups),
    isPublic: face?.AssociatePublicIpAddress ?? isDefaultVpc(context),
  };
};

/** The subnet asked for, else one in a zone that offers the type. */
const subnetOf = (
  context: Context,
  id: string | undefined,
  zone: string | undefined,
  type: string,
): Subnet => {
  if (id === undefined && !isDefaultVpc(context)) {
    throw new AwsError('VPCIdNotSpecified', 'No default VPC for this user');
  }
  const all = subnets(context);
  const inZone = zone === undefined ? undefined : all.find((subnet) => subnet.zone === zone);
  if (zone !== undefined && !inZone) {
    throw new AwsError('InvalidParameterValue', `Invalid availability zone: [${zone}]`);
  }
  const region = regionFacts(context.region);
  const offered = zonesWith(type, region);
  const subnet =
    id === undefined
      ? (inZone ?? all.find((one) => offered.includes(one.zone)) ?? all[0])
      : lookUp('subnet', id, (one) => all.find((s) => s.id === one));
  if (!subnet) throw new Error(`${context.region} has no subnet`);
  if (inZone && subnet.zone !== inZone.zone) {
    throw new AwsError(
      'InvalidParameterValue',
      `The availability zone ${inZone.zone} is not that of subnet ${subnet.id}, which is ${subnet.zone}`,
    );
  }
  checkOffered(type, region, subnet.zone);
  return subnet;
};

const groupsOf = (context: Context, ids: string[] | undefined, names: string[] | undefined): string[] => {
  if (ids?.length && names?.length) {
    throw new AwsError('InvalidParameterCombination', 'Security groups are given by id or by name, not both');
  }
  const found = [
    ...(ids ?? []).map((id) => securityGroupWithId(context, id).id),
    ...(names ?? []).map((name) => securityGroupNamed(context, name).id),
  ];
  return found.length > 0 ? [...new Set(found)] : [derivedId('sg', context.account, context.region)];
};
