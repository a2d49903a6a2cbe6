import {
  type Filter,
  type IpPermission,
  paginateDescribeRouteTables,
  paginateDescribeSecurityGroups,
  paginateDescribeSubnets,
  paginateDescribeVpcs,
} from '@aws-sdk/client-ec2';
import { definedOnly } from '../lib/defined-only.ts';
import type { Lookup } from '../model/lookup.ts';
import { ask } from './ask.ts';
import type { Clients } from './connection.ts';
import { everyPage } from './pagination.ts';

/** Filters under EC2's names. All filters have to match, each with any of its values. */
export type NetworkFilters = Readonly<Record<string, readonly string[]>>;

export interface Vpc {
  id: string;
  isDefault: boolean;
}

export interface Subnet {
  id: string;
  vpc: string;
  zone: string;
  /** EC2's value; `available` if it can be used. */
  state: string;
  freeAddresses: number;
  /** Whether instances get a public address by default. */
  givesPublicAddress: boolean;
}

export interface SecurityGroup {
  id: string;
  vpc: string;
  ingress: SecurityGroupRule[];
}

/** Who may reach an instance, and on which ports. */
export interface SecurityGroupRule {
  /** EC2's value: a name, a number, or `-1` for all. */
  protocol: string;
  from?: number;
  to?: number;
  /** Address ranges of IPv4 and IPv6. */
  cidrs: string[];
  /** Whether it also names security groups or prefix lists. */
  hasOthers: boolean;
}

export interface RouteTable {
  vpc: string;
  /** Whether it applies to subnets without an association of their own. */
  isMain: boolean;
  subnets: string[];
  /** Whether a working route leads to an internet gateway. */
  toInternet: boolean;
}

const toFilters = (filters: NetworkFilters): Filter[] =>
  Object.entries(filters).map(([Name, Values]) => ({ Name, Values: [...Values] }));

export function findVpcs(clients: Clients, region: string, filters: NetworkFilters): Promise<Lookup<Vpc[]>> {
  return ask('ec2:DescribeVpcs', region, async () => {
    const found: Vpc[] = [];
    const pages = paginateDescribeVpcs({ client: clients.ec2(region) }, { Filters: toFilters(filters) });
    for await (const page of everyPage(pages)) {
      for (const { VpcId = '', IsDefault } of page.Vpcs ?? [])
        found.push({ id: VpcId, isDefault: IsDefault === true });
    }
    return found;
  });
}

export function findSubnets(
  clients: Clients,
  region: string,
  filters: NetworkFilters,
): Promise<Lookup<Subnet[]>> {
  return ask('ec2:DescribeSubnets', region, async () => {
    const found: Subnet[] = [];
    const pages = paginateDescribeSubnets({ client: clients.ec2(region) }, { Filters: toFilters(filters) });
    for await (const page of everyPage(pages)) {
      for (const subnet of page.Subnets ?? []) {
        found.push({
          id: subnet.SubnetId ?? '',
          vpc: subnet.VpcId ?? '',
          zone: subnet.AvailabilityZone ?? '',
          state: subnet.State ?? 'unknown',
          freeAddresses: subnet.AvailableIpAddressCount ?? 0,
          givesPublicAddress: subnet.MapPublicIpOnLaunch === true,
        });
      }
    }
    return found;
  });
}

/** Security groups, each with its VPC and its ingress rules. */
export function findGroupsInVpcs(
  clients: Clients,
  region: string,
  filters: NetworkFilters,
): Promise<Lookup<SecurityGroup[]>> {
  return ask('ec2:DescribeSecurityGroups', region, async () => {
    const found: SecurityGroup[] = [];
    const pages = paginateDescribeSecurityGroups(
      { client: clients.ec2(region) },
      { Filters: toFilters(filters) },
    );
    for await (const page of everyPage(pages)) {
      for (const { GroupId = '', VpcId = '', IpPermissions = [] } of page.SecurityGroups ?? [])
        found.push({ id: GroupId, vpc: VpcId, ingress: IpPermissions.map(toRule) });
    }
    return found;
  });
}

const toRule = ({
  IpProtocol = '',
  FromPort: from,
  ToPort: to,
  IpRanges = [],
  Ipv6Ranges = [],
  UserIdGroupPairs = [],
  PrefixListIds = [],
}: IpPermission): SecurityGroupRule => ({
  protocol: IpProtocol,
  ...definedOnly({ from, to }),
  cidrs: [...IpRanges.map(({ CidrIp }) => CidrIp), ...Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6)].flatMap(
    (cidr) => cidr ?? [],
  ),
  hasOthers: UserIdGroupPairs.length + PrefixListIds.length > 0,
});

export function findRouteTables(
  clients: Clients,
  region: string,
  vpcs: readonly string[],
): Promise<Lookup<RouteTable[]>> {
  return ask('ec2:DescribeRouteTables', region, async () => {
    const found: RouteTable[] = [];
    const pages = paginateDescribeRouteTables(
      { client: clients.ec2(region) },
      { Filters: toFilters({ 'vpc-id': vpcs }) },
    );
    for await (const page of everyPage(pages)) {
      for (const { VpcId = '', Associations = [], Routes = [] } of page.RouteTables ?? []) {
        found.push({
          vpc: VpcId,
          isMain: Associations.some(({ Main }) => Main === true),
          subnets: Associations.flatMap(({ SubnetId }) => SubnetId ?? []),
          toInternet: Routes.some(
            ({ GatewayId = '', State }) => GatewayId.startsWith('igw-') && State !== 'blackhole',
          ),
        });
      }
    }
    return found;
  });
}
