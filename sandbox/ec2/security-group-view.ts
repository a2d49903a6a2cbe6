import type { IpPermission, SecurityGroupRule as ShownRule } from '@aws-sdk/client-ec2';
import type { Context } from '../calls/operation.ts';
import { derivedId } from '../model/identifiers.ts';
import type { SecurityGroupRecord, SecurityGroupRule } from '../model/records.ts';
import { tagListOf } from './tag-set.ts';

/** A group's egress rules; a new group allows all outbound traffic ("Default security group rules", VPC User Guide). */
export const egressOf = ({ id, egress }: SecurityGroupRecord): SecurityGroupRule[] =>
  egress ?? [{ id: derivedId('sgr', id, 'egress'), protocol: '-1', peer: { cidr: '0.0.0.0/0' } }];

/** A rule as DescribeSecurityGroupRules shows it. */
export const ruleView = (
  context: Context,
  group: SecurityGroupRecord,
  rule: SecurityGroupRule,
  isEgress: boolean,
): ShownRule => ({
  SecurityGroupRuleId: rule.id,
  SecurityGroupRuleArn: `arn:aws:ec2:${context.region}:${context.account}:security-group-rule/${rule.id}`,
  GroupId: group.id,
  GroupOwnerId: context.account,
  IsEgress: isEgress,
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
});

/** Rules as DescribeSecurityGroups groups them: one permission per protocol and port range. */
export const permissionsOf = (rules: SecurityGroupRule[], account: string): IpPermission[] => {
  const byPorts = new Map<string, IpPermission>();
  for (const rule of rules) {
    const key = `${rule.protocol} ${rule.from} ${rule.to}`;
    const permission = byPorts.get(key) ?? {
      IpProtocol: rule.protocol,
      FromPort: rule.from,
      ToPort: rule.to,
      IpRanges: [],
      Ipv6Ranges: [],
      UserIdGroupPairs: [],
      PrefixListIds: [],
    };
    byPorts.set(key, permission);
    const { peer, description: Description } = rule;
    if ('cidr' in peer) permission.IpRanges?.push({ CidrIp: peer.cidr, Description });
    else if ('cidr6' in peer) permission.Ipv6Ranges?.push({ CidrIpv6: peer.cidr6, Description });
    else permission.UserIdGroupPairs?.push({ GroupId: peer.group, UserId: account, Description });
  }
  return [...byPorts.values()];
};
