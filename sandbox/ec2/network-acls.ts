import type {
  DescribeNetworkAclsRequest,
  DescribeNetworkAclsResult,
  NetworkAcl,
  NetworkAclAssociation,
  NetworkAclEntry,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { pageOf } from '../calls/pages.ts';
import { derivedId, lookUpAll } from '../model/identifiers.ts';
import { type Fields, filtered, matchNothing } from './filters.ts';
import { subnetsOf, vpcsOf } from './network-records.ts';
import { tagListOf, tagsOf } from './tag-set.ts';

/** The number of the entry that denies everything that no other entry allows ("Default network ACL"). */
const last = 32_767;

/** Allows everything in and out; no call of the sandbox changes it. */
const entries: NetworkAclEntry[] = [true, false].flatMap((Egress): NetworkAclEntry[] => [
  { Egress, RuleNumber: 100, Protocol: '-1', RuleAction: 'allow', CidrBlock: '0.0.0.0/0' },
  { Egress, RuleNumber: last, Protocol: '-1', RuleAction: 'deny', CidrBlock: '0.0.0.0/0' },
]);

const aclOf = (vpc: string): string => derivedId('acl', vpc);

const viewOf = (context: Context, vpc: string): NetworkAcl & { NetworkAclId: string } => {
  const NetworkAclId = aclOf(vpc);
  const own = subnetsOf(context).filter((subnet) => subnet.vpc === vpc);
  return {
    NetworkAclId,
    VpcId: vpc,
    OwnerId: context.account,
    IsDefault: true,
    Entries: entries,
    Associations: own.map(
      ({ id: SubnetId }): NetworkAclAssociation => ({
        NetworkAclAssociationId: SubnetId.replace('subnet-', 'aclassoc-'),
        NetworkAclId,
        SubnetId,
      }),
    ),
    Tags: tagListOf(context, NetworkAclId),
  };
};

/** The network ACLs of an account, one per VPC. */
export const networkAclsOf = (context: Context) => vpcsOf(context).map(({ id }) => viewOf(context, id));

const fields: Fields<NetworkAcl> = {
  'association.association-id': ({ Associations = [] }) =>
    Associations.map(({ NetworkAclAssociationId }) => NetworkAclAssociationId),
  'association.network-acl-id': ({ Associations = [] }) =>
    Associations.map(({ NetworkAclId }) => NetworkAclId),
  'association.subnet-id': ({ Associations = [] }) => Associations.map(({ SubnetId }) => SubnetId),
  default: () => 'true',
  'entry.cidr': () => '0.0.0.0/0',
  'entry.egress': () => ['true', 'false'],
  'entry.protocol': () => '-1',
  'entry.rule-action': () => ['allow', 'deny'],
  'entry.rule-number': () => ['100', String(last)],
  'network-acl-id': ({ NetworkAclId }) => NetworkAclId,
  'owner-id': ({ OwnerId }) => OwnerId,
  'vpc-id': ({ VpcId }) => VpcId,
  ...matchNothing(
    'entry.icmp.code',
    'entry.icmp.type',
    'entry.ipv6-cidr',
    'entry.port-range.from',
    'entry.port-range.to',
  ),
};

export const networkAclOperations: Record<string, Operation> = {
  DescribeNetworkAcls: operation<DescribeNetworkAclsRequest, DescribeNetworkAclsResult>(
    ['NetworkAclIds', 'Filters', 'MaxResults', 'NextToken'],
    (context, input) => {
      const all = networkAclsOf(context);
      const named = input.NetworkAclIds?.length
        ? lookUpAll('acl', input.NetworkAclIds, (id) => all.find(({ NetworkAclId }) => NetworkAclId === id))
        : all;
      const shown = filtered(named, input.Filters, fields, ({ NetworkAclId }) =>
        tagsOf(context, NetworkAclId),
      );
      const { items, next } = pageOf('DescribeNetworkAcls', shown, ({ NetworkAclId }) => NetworkAclId, input);
      return { NetworkAcls: items, NextToken: next };
    },
  ),
};
