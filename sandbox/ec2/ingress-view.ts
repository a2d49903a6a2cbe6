import type { IpPermission } from '@aws-sdk/client-ec2';
import type { IngressRule } from '../model/records.ts';

/** Rules as DescribeSecurityGroups groups them: one permission for each protocol and port range. */
export const permissionsOf = (rules: IngressRule[], account: string): IpPermission[] => {
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
