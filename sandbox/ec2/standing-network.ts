import type { Context } from '../calls/operation.ts';
import { type AccountSettings, newAccount } from '../model/account-settings.ts';
import { usableAddresses } from '../model/cidr.ts';
import { derivedId } from '../model/identifiers.ts';
import type {
  InternetGatewayRecord,
  RouteTableRecord,
  SubnetRecord,
  VpcRecord,
} from '../model/network-records.ts';
import type { SecurityGroupRecord, SecurityGroupRule } from '../model/records.ts';
import { regionFacts } from '../model/regions.ts';
import type { DeclaredRule, DeclaredSecurityGroup, DeclaredVpc } from '../model/settings/networks.ts';

type Place = Pick<Context, 'account' | 'region'>;

/** An account's initial networks in a region: its default VPC, and those that settings declare. */
export interface StandingNetwork {
  vpc: VpcRecord[];
  subnet: SubnetRecord[];
  routeTable: RouteTableRecord[];
  internetGateway: InternetGatewayRecord[];
  securityGroup: SecurityGroupRecord[];
  tags: Record<string, Record<string, string>>;
}

const known = new WeakMap<object, Map<string, StandingNetwork>>();

/** The initial networks of an account in a region under the current settings. The same settings always give the same ids. */
export const standingNetwork = (context: Pick<Context, 'store' | 'account' | 'region'>): StandingNetwork => {
  const { store, account, region } = context;
  const settings = store.of('settings', account, region).get('now') ?? newAccount;
  const places = known.get(settings) ?? new Map<string, StandingNetwork>();
  known.set(settings, places);
  const key = `${account}/${region}`;
  const network = places.get(key) ?? networkOf({ account, region }, settings);
  places.set(key, network);
  return network;
};

/**
 * Without declared VPCs a region has one VPC with a subnet in each zone, whether or not it is the default VPC. With declared
 * VPCs it has those, plus that VPC only if there should be a default VPC and none of them is one.
 */
const networkOf = (
  place: Place,
  { vpcs = [], defaultVpc = newAccount.defaultVpc }: Partial<Pick<AccountSettings, 'vpcs' | 'defaultVpc'>>,
): StandingNetwork => {
  const declared = vpcs.map((vpc) => ofDeclared(place, vpc));
  const hasOther = vpcs.some((vpc) => vpc.default) || (vpcs.length > 0 && !defaultVpc);
  return [...(hasOther ? [] : [ofAccount(place, defaultVpc)]), ...declared].reduce(joined);
};

const joined = (one: StandingNetwork, other: StandingNetwork): StandingNetwork => ({
  vpc: [...one.vpc, ...other.vpc],
  subnet: [...one.subnet, ...other.subnet],
  routeTable: [...one.routeTable, ...other.routeTable],
  internetGateway: [...one.internetGateway, ...other.internetGateway],
  securityGroup: [...one.securityGroup, ...other.securityGroup],
  tags: { ...one.tags, ...other.tags },
});

/** "Default VPC components": a /16 with a /20 in each zone, an internet gateway, and a main route table that leads there. */
export const defaultCidr = '172.31.0.0/16';
export const defaultSubnetCidr = (index: number): string => `172.31.${index * 16}.0/20`;

const ofAccount = ({ account, region }: Place, isDefault: boolean): StandingNetwork => {
  const id = derivedId('vpc', account, region);
  const gateway = derivedId('igw', account, region);
  return {
    vpc: [
      {
        id,
        cidr: defaultCidr,
        isDefault,
        tenancy: 'default',
        dnsSupport: true,
        dnsHostnames: true,
      },
    ],
    subnet: regionFacts(region).zones.map((letter, index) => ({
      id: derivedId('subnet', account, region, letter),
      vpc: id,
      zone: `${region}${letter}`,
      cidr: defaultSubnetCidr(index),
      isDefault,
      mapsPublicIp: isDefault,
    })),
    routeTable: [mainTable(id, gateway)],
    internetGateway: [{ id: gateway, vpc: id }],
    securityGroup: [defaultGroup(derivedId('sg', account, region), id)],
    tags: {},
  };
};

/** A VPC's main route table; it leads to an internet gateway if one is given. */
const mainTable = (vpc: string, gateway?: string): RouteTableRecord => ({
  id: derivedId('rtb', vpc),
  vpc,
  routes: gateway === undefined ? [] : [{ cidr: '0.0.0.0/0', target: { internetGateway: gateway } }],
  associations: [{ id: derivedId('rtbassoc', vpc) }],
});

/** The default group of every VPC: its members can reach each other ("Default security groups for your VPCs"). */
export const defaultGroup = (id: string, vpc: string): SecurityGroupRecord => ({
  id,
  name: 'default',
  description: 'default VPC security group',
  vpc,
  ingress: [{ id: derivedId('sgr', id, 'ingress'), protocol: '-1', peer: { group: id } }],
});

const ofDeclared = ({ account, region }: Place, declared: DeclaredVpc): StandingNetwork => {
  const id = declared.id ?? derivedId('vpc', account, region, declared.cidr);
  const isDefault = declared.default ?? false;
  const gateway = derivedId('igw', id);
  const subnets = (declared.subnets ?? []).map((subnet) => ({
    ...subnet,
    id: subnet.id ?? derivedId('subnet', id, subnet.cidr),
    zone: subnet.zone.length === 1 ? `${region}${subnet.zone}` : subnet.zone,
  }));
  const open = subnets.filter((subnet) => subnet.public);
  const groups = (declared.securityGroups ?? []).map((group) => ({
    ...group,
    id: group.id ?? derivedId('sg', id, group.name),
  }));
  const ownDefault = groups.some(({ name }) => name === 'default')
    ? []
    : [defaultGroup(derivedId('sg', id), id)];
  return {
    vpc: [
      {
        id,
        cidr: declared.cidr,
        ...(declared.otherCidrs?.length ? { otherCidrs: declared.otherCidrs } : {}),
        isDefault,
        tenancy: 'default',
        dnsSupport: true,
        dnsHostnames: isDefault,
        ...(declared.inside ? { inside: true } : {}),
      },
    ],
    subnet: subnets.map((subnet) => ({
      id: subnet.id,
      vpc: id,
      zone: subnet.zone,
      cidr: subnet.cidr,
      isDefault: subnet.default ?? isDefault,
      mapsPublicIp: subnet.mapPublicIpOnLaunch ?? isDefault,
      ...(subnet.freeAddresses === undefined
        ? {}
        : { taken: usableAddresses(subnet.cidr) - subnet.freeAddresses }),
    })),
    routeTable: [
      mainTable(id),
      ...(open.length === 0
        ? []
        : [
            {
              id: derivedId('rtb', id, 'public'),
              vpc: id,
              routes: [{ cidr: '0.0.0.0/0', target: { internetGateway: gateway } }],
              associations: open.map((subnet) => ({
                id: derivedId('rtbassoc', subnet.id),
                subnet: subnet.id,
              })),
            },
          ]),
    ],
    internetGateway: open.length === 0 ? [] : [{ id: gateway, vpc: id }],
    securityGroup: [...ownDefault, ...groups.map((group) => groupOf(id, group, groups))],
    tags: Object.fromEntries(
      [{ id, tags: declared.tags }, ...subnets, ...groups].flatMap(({ id: its, tags }) =>
        tags === undefined ? [] : [[its, tags]],
      ),
    ),
  };
};

const groupOf = (
  vpc: string,
  group: DeclaredSecurityGroup & { id: string },
  all: readonly { id: string; name: string }[],
): SecurityGroupRecord => {
  const rules = (direction: string, given: DeclaredRule[]): SecurityGroupRule[] =>
    given.map((rule, index) => ({
      id: derivedId('sgr', group.id, direction, String(index)),
      ...ruleOf(rule, all),
    }));
  return {
    id: group.id,
    name: group.name,
    description: group.description ?? group.name,
    vpc,
    ingress: rules('ingress', group.ingress ?? []),
    ...(group.egress === undefined ? {} : { egress: rules('egress', group.egress) }),
  };
};

const ruleOf = (
  { protocol = 'tcp', port, toPort = port, cidr = '0.0.0.0/0', group, description }: DeclaredRule,
  all: readonly { id: string; name: string }[],
): Omit<SecurityGroupRule, 'id'> => ({
  protocol,
  ...(protocol === '-1' || port === undefined || toPort === undefined ? {} : { from: port, to: toPort }),
  peer: peerOf(group === undefined ? undefined : (all.find(({ name }) => name === group)?.id ?? group), cidr),
  ...(description === undefined ? {} : { description }),
});

const peerOf = (group: string | undefined, cidr: string): SecurityGroupRule['peer'] => {
  if (group !== undefined) return { group };
  return cidr.includes(':') ? { cidr6: cidr } : { cidr };
};
