import type {
  DescribeSubnetsRequest,
  DescribeSubnetsResult,
  DescribeVpcsRequest,
  DescribeVpcsResult,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { pageOf } from '../calls/pages.ts';
import { AwsError } from '../model/aws-error.ts';
import { derivedId, lookUpAll } from '../model/identifiers.ts';
import { regionFacts } from '../model/regions.ts';
import { settingsOf } from '../state/stored-settings.ts';
import { type Fields, filtered, matchNothing } from './filters.ts';
import { zoneId } from './regions.ts';
import { tagListOf, tagsOf } from './tag-set.ts';

export interface Subnet {
  id: string;
  zone: string;
  cidr: string;
}

type Place = Pick<Context, 'account' | 'region'>;

/** Each account has one VPC in each region, with one subnet in each zone. */
export const onlyVpc = ({ account, region }: Place): string => derivedId('vpc', account, region);

/** Whether that VPC is the default one, whose subnets are public. */
export const isDefaultVpc = (context: Context): boolean => settingsOf(context).defaultVpc;

/** The default VPC. Throws `VPCIdNotSpecified` in a region that has none. */
export const defaultVpc = (context: Context): string => {
  if (!isDefaultVpc(context)) {
    throw new AwsError('VPCIdNotSpecified', 'No default VPC for this user');
  }
  return onlyVpc(context);
};

export const subnets = ({ account, region }: Place): Subnet[] =>
  regionFacts(region).zones.map((letter, index) => ({
    id: derivedId('subnet', account, region, letter),
    zone: `${region}${letter}`,
    cidr: `172.31.${index * 16}.0/20`,
  }));

const vpcFields = (context: Context): Fields<string> => ({
  'vpc-id': (id) => id,
  state: () => 'available',
  cidr: () => '172.31.0.0/16',
  'cidr-block-association.cidr-block': () => '172.31.0.0/16',
  'is-default': () => String(isDefaultVpc(context)),
  isDefault: () => String(isDefaultVpc(context)),
  'owner-id': () => context.account,
  'cidr-block-association.association-id': associationOf,
  'cidr-block-association.state': () => 'associated',
  'dhcp-options-id': () => 'default',
  ...matchNothing(
    'ipv6-cidr-block-association.association-id',
    'ipv6-cidr-block-association.ipv6-cidr-block',
    'ipv6-cidr-block-association.ipv6-pool',
    'ipv6-cidr-block-association.state',
  ),
});

const associationOf = (vpc: string): string => vpc.replace('vpc-', 'vpc-cidr-assoc-');

const subnetFields = (context: Context): Fields<Subnet> => ({
  'subnet-id': ({ id }) => id,
  'vpc-id': () => onlyVpc(context),
  state: () => 'available',
  'availability-zone': ({ zone }) => zone,
  availabilityZone: ({ zone }) => zone,
  'availability-zone-id': ({ zone }) => zoneId(context.region, zone),
  'cidr-block': ({ cidr }) => cidr,
  cidr: ({ cidr }) => cidr,
  'default-for-az': () => String(isDefaultVpc(context)),
  'map-public-ip-on-launch': () => String(isDefaultVpc(context)),
  'owner-id': () => context.account,
  'available-ip-address-count': () => '4091',
  'enable-dns64': () => 'false',
  'ipv6-native': () => 'false',
  'map-customer-owned-ip-on-launch': () => 'false',
  'private-dns-name-options-on-launch.enable-resource-name-dns-a-record': () => 'false',
  'private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record': () => 'false',
  'private-dns-name-options-on-launch.hostname-type': () => 'ip-name',
  'subnet-arn': ({ id }) => subnetArn(context, id),
  ...matchNothing(
    'customer-owned-ipv4-pool',
    'enable-lni-at-device-index',
    'ipv6-cidr-block-association.association-id',
    'ipv6-cidr-block-association.ipv6-cidr-block',
    'ipv6-cidr-block-association.state',
    'outpost-arn',
  ),
});

const subnetArn = ({ account, region }: Place, id: string): string =>
  `arn:aws:ec2:${region}:${account}:subnet/${id}`;

export const networkOperations: Record<string, Operation> = {
  DescribeVpcs: operation<DescribeVpcsRequest, DescribeVpcsResult>(
    ['VpcIds', 'Filters', 'MaxResults', 'NextToken'],
    (context, input) => {
      const all = [onlyVpc(context)];
      const named = input.VpcIds?.length
        ? lookUpAll('vpc', input.VpcIds, (id) => all.find((vpc) => vpc === id))
        : all;
      const shown = filtered(named, input.Filters, vpcFields(context), (id) => tagsOf(context, id));
      const { items, next } = pageOf('DescribeVpcs', shown, (id) => id, input);
      return {
        Vpcs: items.map((VpcId) => ({
          VpcId,
          OwnerId: context.account,
          State: 'available',
          CidrBlock: '172.31.0.0/16',
          CidrBlockAssociationSet: [
            {
              AssociationId: associationOf(VpcId),
              CidrBlock: '172.31.0.0/16',
              CidrBlockState: { State: 'associated' },
            },
          ],
          DhcpOptionsId: 'default',
          InstanceTenancy: 'default',
          IsDefault: isDefaultVpc(context),
          Tags: tagListOf(context, VpcId),
        })),
        NextToken: next,
      };
    },
  ),

  DescribeSubnets: operation<DescribeSubnetsRequest, DescribeSubnetsResult>(
    ['SubnetIds', 'Filters', 'MaxResults', 'NextToken'],
    (context, input) => {
      const all = subnets(context);
      const named = input.SubnetIds?.length
        ? lookUpAll('subnet', input.SubnetIds, (id) => all.find((subnet) => subnet.id === id))
        : all;
      const shown = filtered(named, input.Filters, subnetFields(context), ({ id }) => tagsOf(context, id));
      const { items, next } = pageOf('DescribeSubnets', shown, ({ id }) => id, input);
      return {
        Subnets: items.map(({ id, zone, cidr }) => ({
          SubnetId: id,
          SubnetArn: subnetArn(context, id),
          VpcId: onlyVpc(context),
          OwnerId: context.account,
          State: 'available',
          AvailabilityZone: zone,
          AvailabilityZoneId: zoneId(context.region, zone),
          AvailableIpAddressCount: 4091,
          CidrBlock: cidr,
          DefaultForAz: isDefaultVpc(context),
          MapPublicIpOnLaunch: isDefaultVpc(context),
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
          Tags: tagListOf(context, id),
        })),
        NextToken: next,
      };
    },
  ),
};
