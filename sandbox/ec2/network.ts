import type {
  DescribeSubnetsRequest,
  DescribeSubnetsResult,
  DescribeVpcsRequest,
  DescribeVpcsResult,
} from '@aws-sdk/client-ec2';
import { derivedId, lookUpAll } from '../identifiers.ts';
import { type Context, type Operation, operation } from '../operation.ts';
import { regionFacts } from '../regions.ts';
import { type Fields, filtered } from './filters.ts';
import { pageOf } from './pages.ts';
import { zoneId } from './regions.ts';
import { tagListOf, tagsOf } from './tag-set.ts';

export interface Subnet {
  id: string;
  zone: string;
  cidr: string;
}

type Place = Pick<Context, 'account' | 'region'>;

/** Each account has its default VPC in each region, with one public subnet in each zone, and no other. */
export const defaultVpc = ({ account, region }: Place): string => derivedId('vpc', account, region);

export const subnets = ({ account, region }: Place): Subnet[] =>
  regionFacts(region).zones.map((letter, index) => ({
    id: derivedId('subnet', account, region, letter),
    zone: `${region}${letter}`,
    cidr: `172.31.${index * 16}.0/20`,
  }));

const vpcFields: Fields<string> = {
  'vpc-id': (id) => id,
  state: () => 'available',
  cidr: () => '172.31.0.0/16',
  'cidr-block-association.cidr-block': () => '172.31.0.0/16',
  'is-default': () => 'true',
  isDefault: () => 'true',
};

const subnetFields = (context: Context): Fields<Subnet> => ({
  'subnet-id': ({ id }) => id,
  'vpc-id': () => defaultVpc(context),
  state: () => 'available',
  'availability-zone': ({ zone }) => zone,
  availabilityZone: ({ zone }) => zone,
  'availability-zone-id': ({ zone }) => zoneId(context.region, zone),
  'cidr-block': ({ cidr }) => cidr,
  cidr: ({ cidr }) => cidr,
  'default-for-az': () => 'true',
  'map-public-ip-on-launch': () => 'true',
  'owner-id': () => context.account,
});

export const networkOperations: Record<string, Operation> = {
  DescribeVpcs: operation<DescribeVpcsRequest, DescribeVpcsResult>(
    ['VpcIds', 'Filters', 'MaxResults', 'NextToken'],
    (context, input) => {
      const all = [defaultVpc(context)];
      const named = input.VpcIds?.length
        ? lookUpAll('vpc', input.VpcIds, (id) => all.find((vpc) => vpc === id))
        : all;
      const shown = filtered(
        named,
        input.Filters,
        { ...vpcFields, 'owner-id': () => context.account },
        (id) => tagsOf(context, id),
      );
      const { items, next } = pageOf('DescribeVpcs', shown, (id) => id, input);
      return {
        Vpcs: items.map((VpcId) => ({
          VpcId,
          OwnerId: context.account,
          State: 'available',
          CidrBlock: '172.31.0.0/16',
          DhcpOptionsId: 'default',
          InstanceTenancy: 'default',
          IsDefault: true,
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
          SubnetArn: `arn:aws:ec2:${context.region}:${context.account}:subnet/${id}`,
          VpcId: defaultVpc(context),
          OwnerId: context.account,
          State: 'available',
          AvailabilityZone: zone,
          AvailabilityZoneId: zoneId(context.region, zone),
          AvailableIpAddressCount: 4091,
          CidrBlock: cidr,
          DefaultForAz: true,
          MapPublicIpOnLaunch: true,
          AssignIpv6AddressOnCreation: false,
          Tags: tagListOf(context, id),
        })),
        NextToken: next,
      };
    },
  ),
};
