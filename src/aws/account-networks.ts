import {
  type IpPermission,
  paginateDescribeSecurityGroups,
  paginateDescribeSubnets,
  paginateDescribeVpcs,
} from '@aws-sdk/client-ec2';
import { definedOnly } from '../lib/defined-only.ts';
import type { Lookup } from '../model/lookup.ts';
import { ask } from './ask.ts';
import type { Clients } from './connection.ts';
import { everyPage } from './pagination.ts';
import { toTags } from './tags.ts';

/*
 * The networks of an account in a region, in the detail that a rehearsal needs. Checks need less: `networks.ts`.
 */

export interface WholeVpc {
  id: string;
  isDefault: boolean;
  /** Its IPv4 CIDR blocks, the first one first. */
  cidrs: string[];
  tags: Record<string, string>;
}

export interface WholeSubnet {
  id: string;
  vpc: string;
  /** `us-east-1a` */
  zone: string;
  cidr: string;
  isDefault: boolean;
  givesPublicAddress: boolean;
  freeAddresses: number;
  tags: Record<string, string>;
}

export interface WholeGroup {
  id: string;
  name: string;
  vpc: string;
  description: string;
  ingress: GroupRule[];
  egress: GroupRule[];
  tags: Record<string, string>;
}

export interface GroupRule {
  /** `tcp`, `udp`, `icmp`, `icmpv6`, a number, or `-1` for all. */
  protocol: string;
  from?: number;
  to?: number;
  peer: { cidr: string } | { group: string } | { prefixList: string };
  description?: string;
}

export function allVpcs(clients: Clients, region: string): Promise<Lookup<WholeVpc[]>> {
  return ask('ec2:DescribeVpcs', region, async () => {
    const found: WholeVpc[] = [];
    for await (const page of everyPage(paginateDescribeVpcs({ client: clients.ec2(region) }, {}))) {
      for (const vpc of page.Vpcs ?? []) {
        const blocks = (vpc.CidrBlockAssociationSet ?? []).flatMap(({ CidrBlock, CidrBlockState }) =>
          CidrBlock && CidrBlockState?.State === 'associated' ? [CidrBlock] : [],
        );
        found.push({
          id: vpc.VpcId ?? '',
          isDefault: vpc.IsDefault === true,
          cidrs: [...new Set([vpc.CidrBlock ?? '', ...blocks])],
          tags: toTags(vpc.Tags),
        });
      }
    }
    return found;
  });
}

export function allSubnets(clients: Clients, region: string): Promise<Lookup<WholeSubnet[]>> {
  return ask('ec2:DescribeSubnets', region, async () => {
    const found: WholeSubnet[] = [];
    for await (const page of everyPage(paginateDescribeSubnets({ client: clients.ec2(region) }, {}))) {
      for (const subnet of page.Subnets ?? []) {
        found.push({
          id: subnet.SubnetId ?? '',
          vpc: subnet.VpcId ?? '',
          zone: subnet.AvailabilityZone ?? '',
          cidr: subnet.CidrBlock ?? '',
          isDefault: subnet.DefaultForAz === true,
          givesPublicAddress: subnet.MapPublicIpOnLaunch === true,
          freeAddresses: subnet.AvailableIpAddressCount ?? 0,
          tags: toTags(subnet.Tags),
        });
      }
    }
    return found;
  });
}

export function allGroups(clients: Clients, region: string): Promise<Lookup<WholeGroup[]>> {
  return ask('ec2:DescribeSecurityGroups', region, async () => {
    const found: WholeGroup[] = [];
    const pages = paginateDescribeSecurityGroups({ client: clients.ec2(region), pageSize: 1000 }, {});
    for await (const page of everyPage(pages)) {
      for (const group of page.SecurityGroups ?? []) {
        found.push({
          id: group.GroupId ?? '',
          name: group.GroupName ?? '',
          vpc: group.VpcId ?? '',
          description: group.Description ?? '',
          ingress: (group.IpPermissions ?? []).flatMap(toRules),
          egress: (group.IpPermissionsEgress ?? []).flatMap(toRules),
          tags: toTags(group.Tags),
        });
      }
    }
    return found;
  });
}

/** EC2 groups rules by protocol and ports. */
function toRules(permission: IpPermission): GroupRule[] {
  const rule = (peer: GroupRule['peer'], description: string | undefined): GroupRule => ({
    protocol: permission.IpProtocol ?? '-1',
    ...definedOnly({ from: permission.FromPort, to: permission.ToPort, description }),
    peer,
  });
  return [
    ...(permission.IpRanges ?? []).map((one) => rule({ cidr: one.CidrIp ?? '' }, one.Description)),
    ...(permission.Ipv6Ranges ?? []).map((one) => rule({ cidr: one.CidrIpv6 ?? '' }, one.Description)),
    ...(permission.UserIdGroupPairs ?? []).map((one) => rule({ group: one.GroupId ?? '' }, one.Description)),
    ...(permission.PrefixListIds ?? []).map((one) =>
      rule({ prefixList: one.PrefixListId ?? '' }, one.Description),
    ),
  ];
}
