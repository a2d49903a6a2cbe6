import type {
  CreateDefaultVpcRequest,
  CreateDefaultVpcResult,
  CreateVpcRequest,
  CreateVpcResult,
  DeleteVpcRequest,
  DescribeVpcAttributeRequest,
  DescribeVpcAttributeResult,
  DescribeVpcsRequest,
  DescribeVpcsResult,
  ModifyVpcAttributeRequest,
  Vpc,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { pageOf } from '../calls/pages.ts';
import { AwsError, notImplemented } from '../model/aws-error.ts';
import { blockOf, cidrOf } from '../model/cidr.ts';
import { derivedId, lookUpAll, newId } from '../model/identifiers.ts';
import type { VpcRecord } from '../model/network-records.ts';
import { regionFacts } from '../model/regions.ts';
import { type Fields, filtered, matchNothing } from './filters.ts';
import {
  internetGatewaysOf,
  inUse,
  isMain,
  put,
  remove,
  routeTablesOf,
  securityGroupsOf,
  subnetsOf,
  vpcsOf,
  vpcWithId,
} from './network-records.ts';
import { defaultCidr, defaultGroup, defaultSubnetCidr } from './standing-network.ts';
import { addTags, readTagSpecifications, tagListOf, tagsOf } from './tag-set.ts';

/** VPCs per region ("Amazon VPC quotas"); settings may declare more. */
const mostVpcs = 5;

/** Its blocks, each with the id of its association. */
const blocksOf = ({ id, cidr, otherCidrs = [] }: VpcRecord): { cidr: string; association: string }[] => [
  { cidr, association: id.replace('vpc-', 'vpc-cidr-assoc-') },
  ...otherCidrs.map((other) => ({
    cidr: other,
    association: derivedId('vpc', id, other).replace('vpc-', 'vpc-cidr-assoc-'),
  })),
];

const fields = (context: Context): Fields<VpcRecord> => ({
  'vpc-id': ({ id }) => id,
  state: () => 'available',
  cidr: ({ cidr }) => cidr,
  'cidr-block-association.cidr-block': (vpc) => blocksOf(vpc).map(({ cidr }) => cidr),
  'is-default': ({ isDefault }) => String(isDefault),
  isDefault: ({ isDefault }) => String(isDefault),
  'owner-id': () => context.account,
  'cidr-block-association.association-id': (vpc) => blocksOf(vpc).map(({ association }) => association),
  'cidr-block-association.state': () => 'associated',
  'dhcp-options-id': () => 'default',
  ...matchNothing(
    'ipv6-cidr-block-association.association-id',
    'ipv6-cidr-block-association.ipv6-cidr-block',
    'ipv6-cidr-block-association.ipv6-pool',
    'ipv6-cidr-block-association.state',
  ),
});

/** A VPC as EC2 shows it; the answer that creates one says `pending`. */
const view = (context: Context, vpc: VpcRecord, State: Vpc['State'] = 'available'): Vpc => ({
  VpcId: vpc.id,
  OwnerId: context.account,
  State,
  CidrBlock: vpc.cidr,
  CidrBlockAssociationSet: blocksOf(vpc).map(({ cidr, association }) => ({
    AssociationId: association,
    CidrBlock: cidr,
    CidrBlockState: { State: 'associated' },
  })),
  Ipv6CidrBlockAssociationSet: [],
  DhcpOptionsId: 'default',
  InstanceTenancy: vpc.tenancy,
  IsDefault: vpc.isDefault,
  Tags: tagListOf(context, vpc.id),
});

/** Creates a VPC with the resources that every VPC has: a main route table and a default security group. */
const putVpc = (context: Context, vpc: VpcRecord, gateway?: string): void => {
  if (vpcsOf(context).length >= mostVpcs) {
    throw new AwsError('VpcLimitExceeded', 'The maximum number of VPCs has been reached.');
  }
  put(context, 'vpc', vpc);
  put(context, 'routeTable', {
    id: newId('rtb'),
    vpc: vpc.id,
    routes: gateway === undefined ? [] : [{ cidr: '0.0.0.0/0', target: { internetGateway: gateway } }],
    associations: [{ id: newId('rtbassoc') }],
  });
  put(context, 'securityGroup', defaultGroup(newId('sg'), vpc.id));
};

/** "The allowed block size is between a /28 netmask and /16 netmask" (CreateVpc). Throws AWS's errors for any other. */
const vpcBlock = (cidr: string): string => {
  const block = blockOf(cidr);
  if (!block) {
    throw new AwsError(
      'InvalidParameterValue',
      `Value (${cidr}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`,
    );
  }
  if (block.length < 16 || block.length > 28) {
    throw new AwsError('InvalidVpc.Range', `The CIDR '${cidr}' is invalid.`);
  }
  return cidrOf(block);
};

type Attribute = 'enableDnsSupport' | 'enableDnsHostnames' | 'enableNetworkAddressUsageMetrics';

const attributes: Record<Attribute, (vpc: VpcRecord) => Omit<DescribeVpcAttributeResult, 'VpcId'>> = {
  enableDnsSupport: ({ dnsSupport: Value }) => ({ EnableDnsSupport: { Value } }),
  enableDnsHostnames: ({ dnsHostnames: Value }) => ({ EnableDnsHostnames: { Value } }),
  enableNetworkAddressUsageMetrics: () => ({ EnableNetworkAddressUsageMetrics: { Value: false } }),
};

export const vpcOperations: Record<string, Operation> = {
  CreateVpc: operation<CreateVpcRequest, CreateVpcResult>(
    ['CidrBlock', 'InstanceTenancy', 'AmazonProvidedIpv6CidrBlock', 'TagSpecifications'],
    (context, input) => {
      if (input.AmazonProvidedIpv6CidrBlock) throw notImplemented('ec2:CreateVpc with an IPv6 block');
      if (input.CidrBlock === undefined) {
        throw new AwsError('MissingParameter', 'Either cidrBlock or ipv4IpamPoolId should be provided.');
      }
      const tenancy = input.InstanceTenancy ?? 'default';
      if (tenancy !== 'default' && tenancy !== 'dedicated') {
        throw new AwsError(
          'InvalidParameterValue',
          `Value (${tenancy}) for parameter instanceTenancy is invalid.`,
        );
      }
      const tags = readTagSpecifications(input.TagSpecifications, ['vpc']);
      const vpc: VpcRecord = {
        id: newId('vpc'),
        cidr: vpcBlock(input.CidrBlock),
        isDefault: false,
        tenancy,
        dnsSupport: true,
        dnsHostnames: false,
      };
      putVpc(context, vpc);
      addTags(context, vpc.id, tags.vpc);
      return { Vpc: view(context, vpc, 'pending') };
    },
  ),

  CreateDefaultVpc: operation<CreateDefaultVpcRequest, CreateDefaultVpcResult>([], (context) => {
    if (vpcsOf(context).some(({ isDefault }) => isDefault)) {
      throw new AwsError(
        'DefaultVpcAlreadyExists',
        'A Default VPC already exists for this account in this region.',
      );
    }
    const vpc: VpcRecord = {
      id: newId('vpc'),
      cidr: defaultCidr,
      isDefault: true,
      tenancy: 'default',
      dnsSupport: true,
      dnsHostnames: true,
    };
    const gateway = newId('igw');
    putVpc(context, vpc, gateway);
    put(context, 'internetGateway', { id: gateway, vpc: vpc.id });
    for (const [index, letter] of regionFacts(context.region).zones.entries()) {
      put(context, 'subnet', {
        id: newId('subnet'),
        vpc: vpc.id,
        zone: `${context.region}${letter}`,
        cidr: defaultSubnetCidr(index),
        isDefault: true,
        mapsPublicIp: true,
      });
    }
    return { Vpc: view(context, vpc, 'pending') };
  }),

  /**
   * Deletes the VPC with its main route table, default security group and network ACL; everything else has to be deleted
   * before.
   */
  DeleteVpc: operation<DeleteVpcRequest, object>(['VpcId'], (context, { VpcId = '' }) => {
    const { id } = vpcWithId(context, VpcId);
    const own = ({ vpc }: { vpc?: string }) => vpc === id;
    const tables = routeTablesOf(context).filter(own);
    const groups = securityGroupsOf(context).filter(own);
    if (
      subnetsOf(context).some(own) ||
      internetGatewaysOf(context).some(own) ||
      tables.some((table) => !isMain(table)) ||
      groups.some(({ name }) => name !== 'default')
    ) {
      throw inUse('vpc', id);
    }
    for (const table of tables) remove(context, 'routeTable', table.id);
    for (const group of groups) remove(context, 'securityGroup', group.id);
    remove(context, 'vpc', id);
    return {};
  }),

  DescribeVpcs: operation<DescribeVpcsRequest, DescribeVpcsResult>(
    ['VpcIds', 'Filters', 'MaxResults', 'NextToken'],
    (context, input) => {
      const all = vpcsOf(context);
      const named = input.VpcIds?.length
        ? lookUpAll('vpc', input.VpcIds, (id) => all.find((vpc) => vpc.id === id))
        : all;
      const shown = filtered(named, input.Filters, fields(context), ({ id }) => tagsOf(context, id));
      const { items, next } = pageOf('DescribeVpcs', shown, ({ id }) => id, input);
      return { Vpcs: items.map((vpc) => view(context, vpc)), NextToken: next };
    },
  ),

  DescribeVpcAttribute: operation<DescribeVpcAttributeRequest, DescribeVpcAttributeResult>(
    ['VpcId', 'Attribute'],
    (context, { VpcId = '', Attribute }) => {
      const vpc = vpcWithId(context, VpcId);
      const read = Attribute && Object.hasOwn(attributes, Attribute) ? attributes[Attribute] : undefined;
      if (!read) {
        throw new AwsError(
          'InvalidParameterValue',
          `Value (${String(Attribute)}) for parameter attribute is invalid. Unknown attribute.`,
        );
      }
      return { VpcId: vpc.id, ...read(vpc) };
    },
  ),

  /** "You can only modify one attribute at a time" (ModifyVpcAttribute). */
  ModifyVpcAttribute: operation<ModifyVpcAttributeRequest, object>(
    ['VpcId', 'EnableDnsSupport', 'EnableDnsHostnames'],
    (context, { VpcId = '', EnableDnsSupport: support, EnableDnsHostnames: hostnames }) => {
      const vpc = vpcWithId(context, VpcId);
      if (support?.Value !== undefined && hostnames?.Value !== undefined) {
        throw new AwsError('InvalidParameterCombination', 'Only one attribute can be modified at a time');
      }
      if (support?.Value === undefined && hostnames?.Value === undefined) {
        throw new AwsError('MissingParameter', 'No attributes specified.');
      }
      put(context, 'vpc', {
        ...vpc,
        dnsSupport: support?.Value ?? vpc.dnsSupport,
        dnsHostnames: hostnames?.Value ?? vpc.dnsHostnames,
      });
      return {};
    },
  ),
};
