import {
  allGroups,
  allSubnets,
  allVpcs,
  type GroupRule,
  type WholeGroup,
  type WholeSubnet,
  type WholeVpc,
} from '../aws/account-networks.ts';
import type { Clients } from '../aws/connection.ts';
import { findRouteTables, type RouteTable } from '../aws/networks.ts';
import { allLookups, okLookup } from '../model/lookup.ts';
import { type Part, partOf } from './part.ts';
import type { Shown } from './shown.ts';

/** The VPCs of a region, with their subnets, the subnets' routes, and their security groups. */
export async function networksOf(clients: Clients, region: string, shown: Shown): Promise<Part> {
  const [vpcs, subnets, groups] = await Promise.all([
    allVpcs(clients, region),
    allSubnets(clients, region),
    allGroups(clients, region),
  ]);
  const ids = vpcs.ok ? vpcs.value.map(({ id }) => id) : [];
  const routes = ids.length > 0 ? await findRouteTables(clients, region, ids) : okLookup([]);
  return partOf(
    allLookups({ vpcs, subnets, groups, routes }),
    (found) => ({
      defaultVpc: found.vpcs.some(({ isDefault }) => isDefault),
      vpcs: found.vpcs.map((vpc) => vpcSettings(vpc, found, shown)),
    }),
    (found) => leftOutOf(found, region),
  );
}

interface Found {
  vpcs: WholeVpc[];
  subnets: WholeSubnet[];
  groups: WholeGroup[];
  routes: RouteTable[];
}

function vpcSettings(vpc: WholeVpc, { subnets, groups, routes }: Found, shown: Shown) {
  const [cidr, ...otherCidrs] = vpc.cidrs;
  return {
    id: vpc.id,
    cidr,
    ...(otherCidrs.length > 0 ? { otherCidrs } : {}),
    ...(vpc.isDefault ? { default: true } : {}),
    ...shown.tags(vpc.tags),
    subnets: subnets
      .filter((subnet) => subnet.vpc === vpc.id)
      .map((subnet) => subnetSettings(subnet, vpc, routes, shown)),
    securityGroups: groups
      .filter((group) => group.vpc === vpc.id)
      .map((group) => ({
        id: group.id,
        name: group.name,
        ...shown.description(group.description),
        ingress: group.ingress.filter(canBeSaid).map((rule) => ruleSettings(rule, shown)),
        ...(isOpen(group.egress)
          ? {}
          : { egress: group.egress.filter(canBeSaid).map((rule) => ruleSettings(rule, shown)) }),
        ...shown.tags(group.tags),
      })),
  };
}

function subnetSettings(subnet: WholeSubnet, vpc: WholeVpc, routes: readonly RouteTable[], shown: Shown) {
  const table =
    routes.find(({ subnets }) => subnets.includes(subnet.id)) ??
    routes.find((one) => one.vpc === vpc.id && one.isMain);
  return {
    id: subnet.id,
    zone: subnet.zone,
    cidr: subnet.cidr,
    ...(table?.toInternet ? { public: true } : {}),
    mapPublicIpOnLaunch: subnet.givesPublicAddress,
    ...(vpc.isDefault && !subnet.isDefault ? { default: false } : {}),
    freeAddresses: subnet.freeAddresses,
    ...shown.tags(subnet.tags),
  };
}

/** As in a new group. */
const isOpen = (egress: readonly GroupRule[]): boolean =>
  egress.length === 1 &&
  egress.every(({ protocol, peer }) => protocol === '-1' && 'cidr' in peer && peer.cidr === '0.0.0.0/0');

const protocols: ReadonlySet<string> = new Set(['tcp', 'udp', 'icmp', 'icmpv6', '-1']);

const canBeSaid = ({ protocol, peer }: GroupRule): boolean =>
  protocols.has(protocol) && !('prefixList' in peer);

function ruleSettings({ protocol, from, to, peer, description }: GroupRule, shown: Shown) {
  // For ICMP, -1 means every type.
  const hasPorts = from !== undefined && from >= 0 && to !== undefined && to >= from;
  return {
    protocol,
    ...(hasPorts ? { port: from, ...(to > from ? { toPort: to } : {}) } : {}),
    ...peer,
    ...shown.description(description),
  };
}

function leftOutOf({ groups, vpcs }: Found, region: string): string[] {
  const strange = groups.filter(({ ingress, egress }) =>
    [...ingress, ...egress].some((rule) => !canBeSaid(rule)),
  );
  return [
    ...strange.map(
      ({ id }) => `${region}: rules of ${id} for prefix lists, or for protocols other than TCP, UDP and ICMP`,
    ),
    ...(vpcs.length === 0 ? [`${region}: no VPC at all: the rehearsal has one that is not the default`] : []),
  ];
}
