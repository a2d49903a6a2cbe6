import type { Clients } from '../aws/connection.ts';
import {
  findGroupsInVpcs,
  findRouteTables,
  findSubnets,
  findVpcs,
  type NetworkFilters,
  type RouteTable,
  type SecurityGroup,
  type Subnet,
  type Vpc,
} from '../aws/networks.ts';
import type { Lookup } from '../model/lookup.ts';
import type { Target } from '../model/release-plan.ts';
import { askOnce } from './ask-once.ts';
import { type NetworkAsked, namesSubnet, networkAsked } from './network-asked.ts';
import type { RegionWork } from './region-work.ts';

/** The network for some builders, as AWS shows it. */
export interface NetworkSeen {
  /** The VPC named by id or filter; without a VPC and a subnet in the options, the default one. */
  vpcs?: Lookup<Vpc[]>;
  /** The subnet named by id, those matching the filter, or the default ones. */
  subnets: Lookup<Subnet[]>;
  /** The groups named by id or filter. */
  groups?: Lookup<SecurityGroup[]>;
  /** Route tables of the subnets' VPCs. Absent if routes do not matter. */
  routes?: Lookup<RouteTable[]>;
}

/** Builders of one region that ask for the same network. */
export interface Network {
  asked: NetworkAsked;
  targets: Target[];
  seen: NetworkSeen;
}

/** The networks for the builds in a region. Each lookup is made once, whichever check needs it. */
export const networksOf = (work: RegionWork, clients: Clients): Promise<Network[]> =>
  askOnce(work, 'networks', () => {
    const same = Map.groupBy(work.toBuild, (target) => JSON.stringify(networkAsked(target)));
    const lookups = lookupsIn(work, clients);
    return Promise.all(
      [...same].map(async ([text, targets]) => {
        const asked = JSON.parse(text) as NetworkAsked;
        return { asked, targets, seen: await see(asked, lookups) };
      }),
    );
  });

interface Lookups {
  vpcs(filters: NetworkFilters): Promise<Lookup<Vpc[]>>;
  subnets(filters: NetworkFilters): Promise<Lookup<Subnet[]>>;
  groups(filters: NetworkFilters): Promise<Lookup<SecurityGroup[]>>;
  routes(vpcs: readonly string[]): Promise<Lookup<RouteTable[]>>;
}

function lookupsIn(work: RegionWork, clients: Clients): Lookups {
  const { region } = work;
  const once = <T>(what: string, of: unknown, ask: () => Promise<T>) =>
    askOnce(work, `${what} ${JSON.stringify(of)}`, ask);
  return {
    vpcs: (filters) => once('VPCs', filters, () => findVpcs(clients, region, filters)),
    subnets: (filters) => once('subnets', filters, () => findSubnets(clients, region, filters)),
    groups: (filters) => once('groups', filters, () => findGroupsInVpcs(clients, region, filters)),
    routes: (vpcs) => once('routes', vpcs, () => findRouteTables(clients, region, vpcs)),
  };
}

/**
 * Looks the network up as Packer does: a VPC by its filter; a subnet by its filter in that VPC and zone, only available ones;
 * security groups by their filter in that VPC (`step_network_info.go` and `step_security_group.go` of the amazon plugin).
 * Without a subnet in the options, EC2 chooses a default one.
 */
async function see(asked: NetworkAsked, { vpcs, subnets, groups, routes }: Lookups): Promise<NetworkSeen> {
  const vpcFilters = asked.vpc ? { 'vpc-id': [asked.vpc] } : asked.vpcFilter;
  const ofVpc = vpcFilters ? await vpcs(vpcFilters) : undefined;
  const vpc = ofVpc?.ok && ofVpc.value.length === 1 ? ofVpc.value[0]?.id : undefined;
  const found = await subnets(subnetFilters(asked, vpc));
  const none = found.ok && found.value.length === 0;
  const defaultVpc =
    !namesSubnet(asked) && !ofVpc && none ? await vpcs({ 'is-default': ['true'] }) : undefined;
  const inVpcs = found.ok ? [...new Set(found.value.map((subnet) => subnet.vpc))].sort() : [];
  const groupFilters = asked.groups.length > 0 ? { 'group-id': asked.groups } : asked.groupFilter;
  const [ofGroups, ofRoutes] = await Promise.all([
    groupFilters && groups(inVpc(groupFilters, asked.groups.length > 0 ? undefined : (vpc ?? inVpcs[0]))),
    namesSubnet(asked) && !asked.privately && inVpcs.length > 0 ? routes(inVpcs) : undefined,
  ]);
  return {
    subnets: found,
    ...((ofVpc ?? defaultVpc) ? { vpcs: (ofVpc ?? defaultVpc) as Lookup<Vpc[]> } : {}),
    ...(ofGroups ? { groups: ofGroups } : {}),
    ...(ofRoutes ? { routes: ofRoutes } : {}),
  };
}

function subnetFilters(
  { subnet, subnetFilter, zone }: NetworkAsked,
  vpc: string | undefined,
): NetworkFilters {
  if (subnet !== undefined) return { 'subnet-id': [subnet] };
  const inZone = zone === undefined ? {} : { 'availability-zone': [zone] };
  if (!subnetFilter) return { 'default-for-az': ['true'], ...inZone };
  return { ...inVpc(subnetFilter, vpc), ...inZone, state: ['available'] };
}

const inVpc = (filters: NetworkFilters, vpc: string | undefined): NetworkFilters =>
  vpc === undefined ? filters : { ...filters, 'vpc-id': [vpc] };
