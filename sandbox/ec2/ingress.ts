import { isIPv4, isIPv6 } from 'node:net';
import type {
  AuthorizeSecurityGroupIngressRequest,
  AuthorizeSecurityGroupIngressResult,
  IpPermission,
  UserIdGroupPair,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { AwsError, notImplemented } from '../model/aws-error.ts';
import { lookUp, newId } from '../model/identifiers.ts';
import type { IngressRule } from '../model/records.ts';
import { onlyVpc } from './network.ts';
import { securityGroupOf } from './security-groups.ts';
import { addTags, readTagSpecifications, tagListOf } from './tag-set.ts';

export const ingressOperations: Record<string, Operation> = {
  AuthorizeSecurityGroupIngress: operation<
    AuthorizeSecurityGroupIngressRequest,
    AuthorizeSecurityGroupIngressResult
  >(
    [
      'GroupId',
      'GroupName',
      'IpPermissions',
      'IpProtocol',
      'FromPort',
      'ToPort',
      'CidrIp',
      'TagSpecifications',
    ],
    (context, input) => {
      const group = securityGroupOf(context, input);
      const tags = readTagSpecifications(input.TagSpecifications, ['security-group-rule']);
      const added = readPermissions(input).flatMap((permission) => rulesOf(context, permission));
      if (added.length === 0) {
        throw new AwsError('MissingParameter', 'Either ipPermissions or cidrIp should be provided.');
      }
      const ingress = [...group.ingress];
      for (const rule of added) {
        if (ingress.some((one) => described(one) === described(rule))) {
          throw new AwsError(
            'InvalidPermission.Duplicate',
            `the specified rule "${described(rule)}" already exists`,
          );
        }
        ingress.push(rule);
        addTags(context, rule.id, tags['security-group-rule']);
      }
      if (ingress.length > 60) {
        throw new AwsError(
          'RulesPerSecurityGroupLimitExceeded',
          'The maximum number of rules has been reached.',
        );
      }
      context.store.of('securityGroup', context.account, context.region).put(group.id, { ...group, ingress });
      return {
        Return: true,
        SecurityGroupRules: added.map((rule) => ({
          SecurityGroupRuleId: rule.id,
          GroupId: group.id,
          GroupOwnerId: context.account,
          IsEgress: false,
          IpProtocol: rule.protocol,
          FromPort: rule.from ?? -1,
          ToPort: rule.to ?? -1,
          ...('cidr' in rule.peer ? { CidrIpv4: rule.peer.cidr } : {}),
          ...('cidr6' in rule.peer ? { CidrIpv6: rule.peer.cidr6 } : {}),
          ...('group' in rule.peer
            ? { ReferencedGroupInfo: { GroupId: rule.peer.group, UserId: context.account } }
            : {}),
          Description: rule.description,
          Tags: tagListOf(context, rule.id),
        })),
      };
    },
  ),
};

/** The permissions of a request, in whichever of the two forms it has them. */
const readPermissions = (input: AuthorizeSecurityGroupIngressRequest): IpPermission[] => {
  const { IpPermissions, IpProtocol, FromPort, ToPort, CidrIp } = input;
  if (IpProtocol === undefined && CidrIp === undefined) return IpPermissions ?? [];
  if (IpPermissions?.length) {
    throw new AwsError('InvalidParameterCombination', 'Rules may be given in one form only');
  }
  return [{ IpProtocol, FromPort, ToPort, IpRanges: [{ CidrIp }] }];
};

const protocolNumbers: Record<string, string> = { '6': 'tcp', '17': 'udp', '1': 'icmp', '58': 'icmpv6' };

const rulesOf = (context: Context, permission: IpPermission): IngressRule[] => {
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
  const rule = (peer: IngressRule['peer'], description: string | undefined): IngressRule => ({
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

/** The group of a pair; of the asking account, in the one VPC that it has. */
const groupOf = (context: Context, { GroupId, GroupName, UserId, VpcId, ...others }: UserIdGroupPair) => {
  const lacking = Object.keys(others).find((member) => member !== 'Description');
  if (lacking) throw notImplemented(`security group rules with ${lacking}`);
  if (UserId !== undefined && !/^\d{12}$/.test(UserId)) {
    throw new AwsError('InvalidUserID.Malformed', `Invalid user id: "${UserId}"`);
  }
  if (UserId !== undefined && UserId !== context.account) {
    throw notImplemented("security group rules with another account's group");
  }
  if (VpcId !== undefined) lookUp('vpc', VpcId, (id) => (id === onlyVpc(context) ? id : undefined));
  return securityGroupOf(context, { GroupId, GroupName });
};

const portsOf = (protocol: string, { FromPort, ToPort }: IpPermission): { from?: number; to?: number } => {
  if (protocol === '-1') return {};
  // "The port range is optional for ICMPv6" (IpPermission): without one it is all types and codes.
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

const described = ({ protocol, from, to, peer }: IngressRule): string => {
  const source = 'cidr' in peer ? peer.cidr : 'cidr6' in peer ? peer.cidr6 : peer.group;
  const ports = from === undefined ? 'ALL' : `from port: ${from}, to port: ${to}`;
  return `peer: ${source}, ${protocol.toUpperCase()}, ${ports}, ALLOW`;
};
