import type { RouteTable, Subnet } from '../aws/networks.ts';
import type { Target } from '../model/release-plan.ts';
import { type CheckContext, inEachRegion } from './check.ts';
import { type Finding, notKnown, type Place } from './finding.ts';
import { type NetworkAsked, namesSubnet } from './network-asked.ts';
import { isPublicLogin, loginThrough } from './network-login.ts';
import { type Network, networksOf } from './network-seen.ts';

export const network = inEachRegion(
  ({ toBuild }) => toBuild.length > 0,
  async (work, { clients, placeOf }) =>
    (await networksOf(work, clients)).map((one) => judgeNetwork(work.region, one, placeOf)),
);

const check = 'network of the builders';

/**
 * Whether builders find the network that their options ask for: it exists, its parts belong together, and Packer can reach
 * them. Reports the first obstacle of a network; the next one shows once that is fixed. Pure.
 */
export function judgeNetwork(
  region: string,
  { asked, targets, seen }: Network,
  placeOf: CheckContext['placeOf'],
): Finding {
  const [first] = targets;
  const at = (option: string): Place => ({
    check,
    region,
    ...(first ? { place: placeOf(first, [option]) } : {}),
    targets: targets.map(({ name }) => name),
    stops: 'building',
  });
  const found =
    judgeVpc(asked, seen, region, at) ??
    judgeSubnets(asked, seen, region, at, targets) ??
    judgeGroups(asked, seen, region, at) ??
    judgeRoutes(asked, seen, region, at) ??
    judgeLogin(asked, seen, region, at);
  return found ?? { check, region, targets: targets.map(({ name }) => name), stops: 'building', is: 'ok' };
}

type At = (option: string) => Place;
type Seen = Network['seen'];

const refused = (place: Place, expected: string, found: string, todo: string, command?: string): Finding => ({
  ...place,
  is: 'refused',
  code: 'network-unusable',
  expected,
  found,
  todo,
  ...(command === undefined ? {} : { command }),
});

function judgeVpc(asked: NetworkAsked, { vpcs }: Seen, region: string, at: At): Finding | undefined {
  if (asked.vpc === undefined && asked.vpcFilter === undefined) return undefined;
  const option = asked.vpc === undefined ? 'vpc_filter' : 'vpc_id';
  const list = `aws ec2 describe-vpcs --region ${region}`;
  if (!vpcs) return undefined;
  if (!vpcs.ok) return notKnown(at(option), 'an existing VPC', vpcs.error);
  const [only, ...more] = vpcs.value;
  if (!only) {
    const named = asked.vpc ?? describe(asked.vpcFilter);
    return refused(
      at(option),
      `a VPC of this account in ${region}`,
      `none that is ${named}`,
      `List them: ${list}`,
      list,
    );
  }
  if (more.length > 0) {
    const found = `${vpcs.value.length}: ${vpcs.value.map(({ id }) => id).join(', ')}`;
    return refused(at(option), 'a filter that matches one VPC', found, 'Narrow the filter');
  }
  if (!only.isDefault && !namesSubnet(asked)) {
    return refused(
      at(option),
      `"subnet_id" or "subnet_filter" beside it, since ${only.id} is not the default VPC`,
      'neither',
      `Use one of its subnets: aws ec2 describe-subnets --region ${region} --filters Name=vpc-id,Values=${only.id}`,
    );
  }
  return undefined;
}

function judgeSubnets(
  asked: NetworkAsked,
  { subnets, vpcs }: Seen,
  region: string,
  at: At,
  targets: readonly Target[],
): Finding | undefined {
  if (!namesSubnet(asked))
    return judgeDefaultSubnets(asked, { subnets, ...(vpcs ? { vpcs } : {}) }, region, at);
  const option = asked.subnet === undefined ? 'subnet_filter' : 'subnet_id';
  if (!subnets.ok) return notKnown(at(option), 'an existing subnet', subnets.error);
  const list = `aws ec2 describe-subnets --region ${region}`;
  const [first, ...more] = subnets.value;
  if (!first) {
    const named = asked.subnet ?? describe(asked.subnetFilter);
    const where = vpcs?.ok && vpcs.value[0] ? ` in ${vpcs.value[0].id}` : '';
    return refused(
      at(option),
      `a subnet of ${region}${where}`,
      `none that is ${named}`,
      `List them: ${list}`,
      list,
    );
  }
  if (asked.subnet === undefined && more.length > 0 && !asked.anySubnet) {
    return refused(
      at(option),
      'a filter that matches one subnet, or "random" or "most_free" with it',
      `${subnets.value.length}: ${idsOf(subnets.value)}`,
      'Narrow the filter, or set "most_free": true',
    );
  }
  const vpc = asked.vpc ?? (asked.vpcFilter && vpcs?.ok ? vpcs.value[0]?.id : undefined);
  if (vpc !== undefined && first.vpc !== vpc) {
    return refused(
      at(option),
      `a subnet of ${vpc}`,
      `${first.id} of ${first.vpc}`,
      'Correct one of the two ids',
    );
  }
  if (asked.zone !== undefined && first.zone !== asked.zone) {
    const expected = `a subnet in ${asked.zone}, as "availability_zone" says`;
    return refused(
      at(option),
      expected,
      `${first.id} in ${first.zone}`,
      'Remove "availability_zone", or correct it',
    );
  }
  if (first.state !== 'available') {
    return refused(
      at(option),
      'a subnet that is available',
      `${first.id}, which is ${first.state}`,
      `List them: ${list}`,
      list,
    );
  }
  const free = Math.max(...subnets.value.map(({ freeAddresses }) => freeAddresses));
  if (free > 0) return undefined;
  return refused(
    at(option),
    `a free address for ${targets.length === 1 ? 'the builder' : `each of up to ${targets.length} builders`}`,
    `none in ${idsOf(subnets.value)}`,
    'Use another subnet, or free some addresses',
  );
}

/** EC2 chooses one of them if no subnet is named ("Default VPCs", Amazon VPC User Guide). */
function judgeDefaultSubnets(
  { zone }: NetworkAsked,
  { subnets, vpcs }: Seen,
  region: string,
  at: At,
): Finding | undefined {
  const expected = `a default VPC with a default subnet${zone === undefined ? '' : ` in ${zone}`}, since the config names no subnet`;
  if (!subnets.ok) return notKnown(at('subnet_id'), expected, subnets.error);
  if (subnets.value.length > 0) return undefined;
  if (vpcs && !vpcs.ok) return notKnown(at('subnet_id'), expected, vpcs.error);
  const vpc = vpcs?.ok ? vpcs.value[0]?.id : undefined;
  const create = vpc
    ? `aws ec2 create-default-subnet --region ${region} --availability-zone ${zone ?? `${region}a`}`
    : `aws ec2 create-default-vpc --region ${region}`;
  return refused(
    at('subnet_id'),
    expected,
    vpc ? `the default VPC ${vpc} without one` : 'no default VPC',
    `Set a subnet in the config, "regions": {"${region}": {"subnet_id": "subnet-…"}}; or ${create}`,
    create,
  );
}

function judgeGroups(
  asked: NetworkAsked,
  { groups, subnets }: Seen,
  region: string,
  at: At,
): Finding | undefined {
  if (!groups) return undefined;
  const option = asked.groups.length === 0 ? 'security_group_filter' : 'security_group_ids';
  if (!groups.ok) return notKnown(at(option), 'existing security groups', groups.error);
  const list = `aws ec2 describe-security-groups --region ${region}`;
  const missing = asked.groups.filter((id) => !groups.value.some((group) => group.id === id));
  if (missing.length > 0 || groups.value.length === 0) {
    const named = missing.length > 0 ? missing.join(', ') : describe(asked.groupFilter);
    return refused(
      at(option),
      `security groups of ${region}`,
      `none that is ${named}`,
      `List them: ${list}`,
      list,
    );
  }
  const vpcs = subnets.ok ? subnets.value.map(({ vpc }) => vpc) : [];
  const elsewhere = groups.value.find(({ vpc }) => vpcs.length > 0 && !vpcs.includes(vpc));
  if (!elsewhere) return undefined;
  const expected = `security groups of ${vpcs[0]}, where the builders run`;
  return refused(
    at(option),
    expected,
    `${elsewhere.id} of ${elsewhere.vpc}`,
    `Use groups of that VPC: ${list} --filters Name=vpc-id,Values=${vpcs[0]}`,
  );
}

/** A public address can be reached only through an internet gateway ("Internet gateways", Amazon VPC User Guide). */
function judgeRoutes(
  asked: NetworkAsked,
  { routes, subnets }: Seen,
  region: string,
  at: At,
): Finding | undefined {
  if (!routes || !subnets.ok) return undefined;
  const open = subnets.value.filter(({ givesPublicAddress }) => asked.publicAddress ?? givesPublicAddress);
  if (open.length === 0) return undefined;
  const option = asked.subnet === undefined ? 'subnet_filter' : 'subnet_id';
  const expected = 'a route to an internet gateway, since the builder gets a public address';
  if (!routes.ok) return notKnown(at(option), expected, routes.error);
  const cut = open.find((subnet) => !tableOf(subnet, routes.value)?.toInternet);
  if (!cut) return undefined;
  return refused(
    at(option),
    expected,
    `none in the route table of ${cut.id}`,
    `Use a subnet that has one, or set "ssh_interface": "private_ip" if you can reach its private addresses. Its routes: aws ec2 describe-route-tables --region ${region} --filters Name=vpc-id,Values=${cut.vpc}`,
  );
}

/**
 * Whether the groups of the builders let Packer in. Its own temporary group does; where the config names groups, these have to. From which
 * address gopackgo will come is not known, so that any range that it may be in will do.
 */
function judgeLogin(
  asked: NetworkAsked,
  { groups, subnets }: Seen,
  region: string,
  at: At,
): Finding | undefined {
  const { login } = asked;
  if (!login || !groups?.ok) return undefined;
  const { port } = login;
  const isPublic = isPublicLogin(asked, subnets);
  const through = loginThrough(groups.value, { port, isPublic });
  if (through === 'open') return undefined;
  const ids = groups.value.map(({ id }) => id).join(', ');
  const expected = `a rule that lets gopackgo's machine reach TCP port ${port} of the builder${isPublic ? ' at its public address' : ''}`;
  const place = at(asked.groups.length === 0 ? 'security_group_filter' : 'security_group_ids');
  if (through === 'unknown') {
    return {
      ...place,
      is: 'not-checked',
      expected,
      found: `only rules for security groups or prefix lists in ${ids}`,
      todo: 'Make sure that one of them includes the machine',
    };
  }
  const [group = ''] = groups.value.map(({ id }) => id);
  const command = `aws ec2 authorize-security-group-ingress --region ${region} --group-id ${group} --protocol tcp --port ${port} --cidr ADDRESS/32`;
  return refused(
    place,
    expected,
    through === 'private' ? `only rules for private addresses in ${ids}` : `none in ${ids}`,
    `Add one, or leave the groups out, and Packer makes its own: ${command}`,
    command,
  );
}

const tableOf = ({ id, vpc }: Subnet, tables: readonly RouteTable[]): RouteTable | undefined =>
  tables.find(({ subnets }) => subnets.includes(id)) ??
  tables.find((table) => table.vpc === vpc && table.isMain);

const idsOf = (subnets: readonly Subnet[]): string => subnets.map(({ id }) => id).join(', ');

const describe = (filters: NetworkAsked['subnetFilter'] = {}): string =>
  Object.entries(filters)
    .map(([name, values]) => `${name} ${values.join(' or ')}`)
    .join(' and ');

/** Zones in which builders may run; undefined if unknown. Pure. */
export const zonesOf = ({ asked, seen: { subnets } }: Network): string[] | undefined =>
  asked.zone !== undefined ? [asked.zone] : subnets.ok ? subnets.value.map(({ zone }) => zone) : undefined;
