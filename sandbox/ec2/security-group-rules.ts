import { isIPv4, isIPv6 } from 'node:net';
import type {
  AuthorizeSecurityGroupEgressRequest,
  AuthorizeSecurityGroupEgressResult,
  AuthorizeSecurityGroupIngressRequest,
  AuthorizeSecurityGroupIngressResult,
  DescribeSecurityGroupRulesRequest,
  DescribeSecurityGroupRulesResult,
  Filter,
  IpPermission,
  RevokeSecurityGroupEgressRequest,
  RevokeSecurityGroupEgressResult,
  RevokeSecurityGroupIngressRequest,
  RevokeSecurityGroupIngressResult,
  TagSpecification,
  UserIdGroupPair,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { pageOf } from '../calls/pages.ts';
import { AwsError, notImplemented } from '../model/aws-error.ts';
import { lookUpAll, newId } from '../model/identifiers.ts';
import type { SecurityGroupRecord, SecurityGroupRule } from '../model/records.ts';
import { filtered } from './filters.ts';
import { put, securityGroupsOf, vpcWithId } from './network-records.ts';
import { egressOf, permissionsOf, ruleView } from './security-group-view.ts';
import { securityGroupOf } from './security-groups.ts';
import { addTags, dropTags, readTagSpecifications, tagsOf } from './tag-set.ts';

type Direction = 'ingress' | 'egress';

const rulesIn = (group: SecurityGroupRecord, direction: Direction): SecurityGroupRule[] =>
  direction === 'ingress' ? group.ingress : egressOf(group);

/** Rules per direction of a group ("Amazon VPC quotas"). */
const mostRules = 60;

/** The request members for ingress rules; a single rule may be written without `IpPermissions`. */
const ofIngress = [
  'GroupId',
  'GroupName',
  'IpPermissions',
  'IpProtocol',
  'FromPort',
  'ToPort',
  'CidrIp',
] as const;

export const securityGroupRuleOperations: Record<string, Operation> = {
  AuthorizeSecurityGroupIngress: operation<
    AuthorizeSecurityGroupIngressRequest,
    AuthorizeSecurityGroupIngressResult
  >([...ofIngress, 'TagSpecifications'], (context, input) => authorize(context, 'ingress', input)),

  AuthorizeSecurityGroupEgress: operation<
    AuthorizeSecurityGroupEgressRequest,
    AuthorizeSecurityGroupEgressResult
  >(['GroupId', 'IpPermissions', 'TagSpecifications'], (context, input) =>
    authorize(context, 'egress', input),
  ),

  RevokeSecurityGroupIngress: operation<RevokeSecurityGroupIngressRequest, RevokeSecurityGroupIngressResult>(
    [...ofIngress, 'SecurityGroupRuleIds'],
    (context, input) => revoke(context, 'ingress', input),
  ),

  RevokeSecurityGroupEgress: operation<RevokeSecurityGroupEgressRequest, RevokeSecurityGroupEgressResult>(
    ['GroupId', 'IpPermissions', 'SecurityGroupRuleIds'],
    (context, input) => revoke(context, 'egress', input),
  ),

  DescribeSecurityGroupRules: operation<DescribeSecurityGroupRulesRequest, DescribeSecurityGroupRulesResult>(
    ['SecurityGroupRuleIds', 'Filters', 'MaxResults', 'NextToken'],
    (context, input) => {
      checkGroupFilter(input.Filters);
      const all = securityGroupsOf(context)
        .filter(({ id }) => context.sees(id))
        .flatMap((group) =>
          (['ingress', 'egress'] as const).flatMap((direction) =>
            rulesIn(group, direction).map((rule) => ({ group, rule, isEgress: direction === 'egress' })),
          ),
        );
      const named = input.SecurityGroupRuleIds?.length
        ? lookUpAll('sgr', input.SecurityGroupRuleIds, (id) => all.find(({ rule }) => rule.id === id))
        : all;
      const shown = filtered(
        named,
        input.Filters,
        { 'group-id': ({ group }) => group.id, 'security-group-rule-id': ({ rule }) => rule.id },
        ({ rule }) => tagsOf(context, rule.id),
      );
      const { items, next } = pageOf('DescribeSecurityGroupRules', shown, ({ rule }) => rule.id, input);
      return {
        SecurityGroupRules: items.map(({ group, rule, isEgress }) =>
          ruleView(context, group, rule, isEgress),
        ),
        NextToken: next,
      };
    },
  ),
};

/**
 * Throws `InvalidGroupId.Malformed` for an invalid group id in a filter: moto's
 * `test_invalid_security_group_id_in_rules_search`, verified against AWS. Patterns are not checked.
 */
const checkGroupFilter = (filters: Filter[] = []): void => {
  const asked = filters.filter(({ Name }) => Name === 'group-id').flatMap(({ Values = [] }) => Values);
  const malformed = asked.find((id) => !/[*?]/.test(id) && !/^sg-[0-9a-f]{8}([0-9a-f]{9})?$/.test(id));
  if (malformed === undefined) return;
  throw new AwsError('InvalidGroupId.Malformed', `The security group ID '${malformed}' is malformed`);
};

interface Asked {
  GroupId?: string | undefined;
  GroupName?: string | undefined;
  IpPermissions?: IpPermission[] | undefined;
  IpProtocol?: string | undefined;
  FromPort?: number | undefined;
  ToPort?: number | undefined;
  CidrIp?: string | undefined;
}

const authorize = (
  context: Context,
  direction: Direction,
  input: Asked & { TagSpecifications?: TagSpecification[] | undefined },
): AuthorizeSecurityGroupIngressResult => {
  const group = securityGroupOf(context, input);
  const tags = readTagSpecifications(input.TagSpecifications, ['security-group-rule']);
  const added = readPermissions(input).flatMap((permission) => rulesOf(context, permission));
  if (added.length === 0) {
    throw new AwsError('MissingParameter', 'Either ipPermissions or cidrIp should be provided.');
  }
  const rules = [...rulesIn(group, direction)];
  for (const rule of added) {
    if (rules.some((one) => described(one) === described(rule))) {
      throw new AwsError(
        'InvalidPermission.Duplicate',
        `the specified rule "${described(rule)}" already exists`,
      );
    }
    rules.push(rule);
    addTags(context, rule.id, tags['security-group-rule']);
  }
  if (rules.length > mostRules) {
    throw new AwsError('RulesPerSecurityGroupLimitExceeded', 'The maximum number of rules has been reached.');
  }
  put(context, 'securityGroup', { ...group, [direction]: rules });
  return {
    Return: true,
    SecurityGroupRules: added.map((rule) => ruleView(context, group, rule, direction === 'egress')),
  };
};

/** Removes rules, named by their ids or by their content; in a VPC, a missing rule is an error. */
const revoke = (
  context: Context,
  direction: Direction,
  input: Asked & { SecurityGroupRuleIds?: string[] | undefined },
): RevokeSecurityGroupIngressResult => {
  const group = securityGroupOf(context, input);
  const rules = rulesIn(group, direction);
  const asked = readPermissions(input).flatMap((permission) => rulesOf(context, permission));
  const ids = input.SecurityGroupRuleIds ?? [];
  if (asked.length === 0 && ids.length === 0) {
    throw new AwsError(
      'MissingParameter',
      'Either ipPermissions or securityGroupRuleIds should be provided.',
    );
  }
  const revoked = [
    ...lookUpAll('sgr', ids, (id) => rules.find((rule) => rule.id === id)),
    ...asked.map((wanted) => {
      const rule = rules.find((one) => described(one) === described(wanted));
      if (rule) return rule;
      throw new AwsError(
        'InvalidPermission.NotFound',
        'The specified rule does not exist in this security group.',
      );
    }),
  ];
  put(context, 'securityGroup', {
    ...group,
    [direction]: rules.filter((rule) => !revoked.includes(rule)),
  });
  for (const { id } of revoked) dropTags(context, id);
  return {
    Return: true,
    UnknownIpPermissions: permissionsOf([], context.account),
    RevokedSecurityGroupRules: revoked.map((rule) => {
      const {
        SecurityGroupRuleArn: _,
        GroupOwnerId: __,
        ReferencedGroupInfo,
        Tags: ___,
        ...shown
      } = ruleView(context, group, rule, direction === 'egress');
      return { ...shown, ReferencedGroupId: ReferencedGroupInfo?.GroupId };
    }),
  };
};

/** The permissions of a request, in either of its two forms. */
const readPermissions = (input: Asked): IpPermission[] => {
  const { IpPermissions, IpProtocol, FromPort, ToPort, CidrIp } = input;
  if (IpProtocol === undefined && CidrIp === undefined) return IpPermissions ?? [];
  if (IpPermissions?.length) {
    throw new AwsError('InvalidParameterCombination', 'Rules may be given in one form only');
  }
  return [{ IpProtocol, FromPort, ToPort, IpRanges: [{ CidrIp }] }];
};

const protocolNumbers: Record<string, string> = { '6': 'tcp', '17': 'udp', '1': 'icmp', '58': 'icmpv6' };

const rulesOf = (context: Context, permission: IpPermission): SecurityGroupRule[] => {
  const given = permission.IpProtocol?.toLowerCase();
  if (given === undefined) {
    throw new AwsError('MissingParameter', 'The request must contain the parameter ipProtocol');
  }
  if (permission.PrefixListIds?.length) throw notImplemented('security group rules with prefix lists');
  const protocol = protocolNumbers[given] ?? given;
  if (!['tcp', 'udp', 'icmp', 'icmpv6', '-1'].includes(protocol)) {
    throw new AwsError('InvalidPermission.Malformed', `Unsupported IP protocol "${given}"`);
  }
  const ports = portsOf(protocol, permission);
  const rule = (peer: SecurityGroupRule['peer'], description: string | undefined): SecurityGroupRule => ({
    id: newId('sgr'),
    protocol,
    ...ports,
    peer,
    ...(description === undefined ? {} : { description }),
  });
  return [
    ...(permission.IpRanges ?? []).map(({ CidrIp = '', Description }) =>
      rule({ cidr: checkCidr(CidrIp, isIPv4, 32) }, Description),
    ),
    ...(permission.Ipv6Ranges ?? []).map(({ CidrIpv6 = '', Description }) =>
      rule({ cidr6: checkCidr(CidrIpv6, isIPv6, 128) }, Description),
    ),
    ...(permission.UserIdGroupPairs ?? []).map((pair) =>
      rule({ group: groupOf(context, pair).id }, pair.Description),
    ),
  ];
};

/** The group of a pair, which must belong to the calling account. */
const groupOf = (context: Context, { GroupId, GroupName, UserId, VpcId, ...others }: UserIdGroupPair) => {
  const lacking = Object.keys(others).find((member) => member !== 'Description');
  if (lacking) throw notImplemented(`security group rules with ${lacking}`);
  if (UserId !== undefined && !/^\d{12}$/.test(UserId)) {
    throw new AwsError('InvalidUserID.Malformed', `Invalid user id: "${UserId}"`);
  }
  if (UserId !== undefined && UserId !== context.account) {
    throw notImplemented("security group rules with another account's group");
  }
  if (VpcId !== undefined) vpcWithId(context, VpcId);
  return securityGroupOf(context, { GroupId, GroupName });
};

const portsOf = (protocol: string, { FromPort, ToPort }: IpPermission): { from?: number; to?: number } => {
  if (protocol === '-1') return {};
  // "The port range is optional for ICMPv6" (IpPermission): without one, all types and codes.
  if (protocol === 'icmpv6' && FromPort === undefined && ToPort === undefined) return { from: -1, to: -1 };
  if (FromPort === undefined || ToPort === undefined) {
    throw new AwsError('MissingParameter', 'The request must contain the parameters fromPort and toPort');
  }
  if (!protocol.startsWith('icmp')) {
    for (const port of [FromPort, ToPort]) {
      if (port < 0 || port > 65_535)
        throw new AwsError('InvalidParameterValue', `Invalid value '${port}' for portRange.`);
    }
    if (FromPort > ToPort) {
      throw new AwsError('InvalidParameterValue', `Invalid TCP/UDP port range (${FromPort}:${ToPort})`);
    }
  }
  return { from: FromPort, to: ToPort };
};

const checkCidr = (cidr: string, isAddress: (text: string) => boolean, longest: number): string => {
  const [address = '', length = ''] = cidr.split('/');
  if (!isAddress(address) || !/^\d{1,3}$/.test(length) || Number(length) > longest) {
    throw new AwsError('InvalidParameterValue', `CIDR block ${cidr} is malformed`);
  }
  return cidr;
};

/** A rule in the words of AWS's errors. */
const described = ({ protocol, from, to, peer }: SecurityGroupRule): string => {
  const source = 'cidr' in peer ? peer.cidr : 'cidr6' in peer ? peer.cidr6 : peer.group;
  const ports = from === undefined ? 'ALL' : `from port: ${from}, to port: ${to}`;
  return `peer: ${source}, ${protocol.toUpperCase()}, ${ports}, ALLOW`;
};
