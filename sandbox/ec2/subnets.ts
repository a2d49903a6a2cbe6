import type {
  CreateSubnetRequest,
  CreateSubnetResult,
  DeleteSubnetRequest,
  DescribeSubnetsRequest,
  DescribeSubnetsResult,
  ModifySubnetAttributeRequest,
  Subnet,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { pageOf } from '../calls/pages.ts';
import { AwsError } from '../model/aws-error.ts';
import { blockOf, cidrOf, contains, overlaps, usableAddresses } from '../model/cidr.ts';
import { lookUpAll, newId } from '../model/identifiers.ts';
import type { SubnetRecord, VpcRecord } from '../model/network-records.ts';
import { regionFacts } from '../model/regions.ts';
import { type Fields, filtered, matchNothing } from './filters.ts';
import { liveNatGateways } from './nat-gateway-records.ts';
import {
  inUse,
  placedInstances,
  put,
  remove,
  routeTablesOf,
  subnetsOf,
  subnetWithId,
  vpcWithId,
} from './network-records.ts';
import { zoneId } from './regions.ts';
import { addTags, readTagSpecifications, tagListOf, tagsOf } from './tag-set.ts';

/** The number of unused addresses of a subnet. */
export const freeAddresses = (context: Context, { id, cidr, taken = 0 }: SubnetRecord): number =>
  usableAddresses(cidr) -
  taken -
  placedInstances(context).filter(({ subnet }) => subnet === id).length -
  liveNatGateways(context).filter(({ subnet }) => subnet === id).length;

const arnOf = ({ account, region }: Context, { id }: SubnetRecord): string =>
  `arn:aws:ec2:${region}:${account}:subnet/${id}`;

const fields = (context: Context): Fields<SubnetRecord> => ({
  'subnet-id': ({ id }) => id,
  'vpc-id': ({ vpc }) => vpc,
  state: () => 'available',
  'availability-zone': ({ zone }) => zone,
  availabilityZone: ({ zone }) => zone,
  'availability-zone-id': ({ zone }) => zoneId(context.region, zone),
  'cidr-block': ({ cidr }) => cidr,
  cidr: ({ cidr }) => cidr,
  cidrBlock: ({ cidr }) => cidr,
  'default-for-az': ({ isDefault }) => String(isDefault),
  defaultForAz: ({ isDefault }) => String(isDefault),
  'map-public-ip-on-launch': ({ mapsPublicIp }) => String(mapsPublicIp),
  'owner-id': () => context.account,
  'available-ip-address-count': (subnet) => String(freeAddresses(context, subnet)),
  'enable-dns64': () => 'false',
  'ipv6-native': () => 'false',
  'map-customer-owned-ip-on-launch': () => 'false',
  'private-dns-name-options-on-launch.enable-resource-name-dns-a-record': () => 'false',
  'private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record': () => 'false',
  'private-dns-name-options-on-launch.hostname-type': () => 'ip-name',
  'subnet-arn': (subnet) => arnOf(context, subnet),
  ...matchNothing(
    'customer-owned-ipv4-pool',
    'enable-lni-at-device-index',
    'ipv6-cidr-block-association.association-id',
    'ipv6-cidr-block-association.ipv6-cidr-block',
    'ipv6-cidr-block-association.state',
    'outpost-arn',
  ),
});

const view = (context: Context, subnet: SubnetRecord): Subnet => ({
  SubnetId: subnet.id,
  SubnetArn: arnOf(context, subnet),
  VpcId: subnet.vpc,
  OwnerId: context.account,
  State: 'available',
  AvailabilityZone: subnet.zone,
  AvailabilityZoneId: zoneId(context.region, subnet.zone),
  AvailableIpAddressCount: freeAddresses(context, subnet),
  CidrBlock: subnet.cidr,
  DefaultForAz: subnet.isDefault,
  MapPublicIpOnLaunch: subnet.mapsPublicIp,
  AssignIpv6AddressOnCreation: false,
  EnableDns64: false,
  Ipv6CidrBlockAssociationSet: [],
  Ipv6Native: false,
  MapCustomerOwnedIpOnLaunch: false,
  PrivateDnsNameOptionsOnLaunch: {
    HostnameType: 'ip-name',
    EnableResourceNameDnsARecord: false,
    EnableResourceNameDnsAAAARecord: false,
  },
  Tags: tagListOf(context, subnet.id),
});

/** The block of a new subnet: within its VPC's blocks, and not overlapping its other subnets. */
const subnetBlock = (context: Context, vpc: VpcRecord, cidr: string): string => {
  const block = blockOf(cidr);
  if (!block) {
    throw new AwsError(
      'InvalidParameterValue',
      `Value (${cidr}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`,
    );
  }
  const isWithin = [vpc.cidr, ...(vpc.otherCidrs ?? [])].some((one) => {
    const outer = blockOf(one);
    return outer !== undefined && contains(outer, block);
  });
  if (block.length < 16 || block.length > 28 || !isWithin) {
    throw new AwsError('InvalidSubnet.Range', `The CIDR '${cidr}' is invalid.`);
  }
  const isTaken = subnetsOf(context).some((subnet) => {
    const other = blockOf(subnet.cidr);
    return subnet.vpc === vpc.id && other && overlaps(block, other);
  });
  if (isTaken) {
    throw new AwsError('InvalidSubnet.Conflict', `The CIDR '${cidr}' conflicts with another subnet`);
  }
  return cidrOf(block);
};

/** The requested zone, by name or id, otherwise the first one. */
const zoneOf = (
  { region }: Context,
  { AvailabilityZone: name, AvailabilityZoneId: id }: CreateSubnetRequest,
): string => {
  const zones = regionFacts(region).zones.map((letter) => `${region}${letter}`);
  const zone = zones.find(
    (one) => one === (name ?? one) && zoneId(region, one) === (id ?? zoneId(region, one)),
  );
  if (zone !== undefined) return zone;
  throw new AwsError(
    'InvalidParameterValue',
    `Value (${name ?? id}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: ${zones.join(', ')}.`,
  );
};

export const subnetOperations: Record<string, Operation> = {
  CreateSubnet: operation<CreateSubnetRequest, CreateSubnetResult>(
    ['VpcId', 'CidrBlock', 'AvailabilityZone', 'AvailabilityZoneId', 'TagSpecifications'],
    (context, input) => {
      const vpc = vpcWithId(context, input.VpcId ?? '');
      if (input.CidrBlock === undefined) {
        throw new AwsError('MissingParameter', 'Either cidrBlock or ipv4IpamPoolId should be provided.');
      }
      const tags = readTagSpecifications(input.TagSpecifications, ['subnet']);
      const subnet: SubnetRecord = {
        id: newId('subnet'),
        vpc: vpc.id,
        zone: zoneOf(context, input),
        cidr: subnetBlock(context, vpc, input.CidrBlock),
        isDefault: false,
        mapsPublicIp: false,
      };
      put(context, 'subnet', subnet);
      addTags(context, subnet.id, tags.subnet);
      return { Subnet: view(context, subnet) };
    },
  ),

  DeleteSubnet: operation<DeleteSubnetRequest, object>(['SubnetId'], (context, { SubnetId = '' }) => {
    const { id } = subnetWithId(context, SubnetId);
    const own = ({ subnet }: { subnet: string }) => subnet === id;
    if (placedInstances(context).some(own) || liveNatGateways(context).some(own)) throw inUse('subnet', id);
    for (const table of routeTablesOf(context)) {
      const associations = table.associations.filter(({ subnet }) => subnet !== id);
      if (associations.length < table.associations.length)
        put(context, 'routeTable', { ...table, associations });
    }
    remove(context, 'subnet', id);
    return {};
  }),

  /** "You can only modify one attribute at a time" (ModifySubnetAttribute); the sandbox supports one. */
  ModifySubnetAttribute: operation<ModifySubnetAttributeRequest, object>(
    ['SubnetId', 'MapPublicIpOnLaunch'],
    (context, { SubnetId = '', MapPublicIpOnLaunch: maps }) => {
      const subnet = subnetWithId(context, SubnetId);
      if (maps?.Value === undefined) throw new AwsError('MissingParameter', 'No attributes specified.');
      put(context, 'subnet', { ...subnet, mapsPublicIp: maps.Value });
      return {};
    },
  ),

  DescribeSubnets: operation<DescribeSubnetsRequest, DescribeSubnetsResult>(
    ['SubnetIds', 'Filters', 'MaxResults', 'NextToken'],
    (context, input) => {
      const all = subnetsOf(context);
      const named = input.SubnetIds?.length
        ? lookUpAll('subnet', input.SubnetIds, (id) => all.find((subnet) => subnet.id === id))
        : all;
      const shown = filtered(named, input.Filters, fields(context), ({ id }) => tagsOf(context, id));
      const { items, next } = pageOf('DescribeSubnets', shown, ({ id }) => id, input);
      return { Subnets: items.map((subnet) => view(context, subnet)), NextToken: next };
    },
  ),
};
