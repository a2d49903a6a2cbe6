import type { NetworkFilters } from '../aws/networks.ts';
import { isObject } from '../lib/is-object.ts';
import type { Json } from '../model/publication.ts';
import type { Target } from '../model/release-plan.ts';
import { textsIn } from './launch-types.ts';

/** The network that a builder's options ask for. */
export interface NetworkAsked {
  vpc?: string;
  vpcFilter?: NetworkFilters;
  subnet?: string;
  subnetFilter?: NetworkFilters;
  /** Whether any of several subnets that match the filter will do: `random` or `most_free`. */
  anySubnet: boolean;
  zone?: string;
  /** Ids of security groups; without ids and without a filter Packer creates its own. */
  groups: string[];
  groupFilter?: NetworkFilters;
  /** Absent: the subnet decides. */
  publicAddress?: boolean;
  /** Whether Packer connects to its private address, or through Session Manager. */
  privately: boolean;
  /** Absent where Packer opens no connection to a port of it: through Session Manager, or not at all. */
  login?: Login;
}

export interface Login {
  port: number;
  /** To the builder's own address from where gopackgo runs: not through a bastion or a proxy, and not by a name, which has a private address within the VPC. */
  directly: boolean;
}

/** Whether the options name a subnet, by id or filter; otherwise EC2 chooses a default subnet. Pure. */
export const namesSubnet = ({ subnet, subnetFilter }: NetworkAsked): boolean =>
  subnet !== undefined || subnetFilter !== undefined;

/** The options of a target that Packer's network depends on (its documentation of amazon-ebs, "Run configuration"). Pure. */
export function networkAsked({ packer: { options } }: Pick<Target, 'packer'>): NetworkAsked {
  const [vpc] = textsIn(options.vpc_id);
  const [subnet] = textsIn(options.subnet_id);
  const [zone] = textsIn(options.availability_zone);
  const subnetFilter = blockIn(options.subnet_filter);
  const groups = [...textsIn(options.security_group_id), ...textsIn(options.security_group_ids)];
  const vpcFilters = vpc === undefined ? filtersIn(options.vpc_filter) : undefined;
  const subnetFilters = subnet === undefined ? filtersIn(options.subnet_filter) : undefined;
  const groupFilters = groups.length === 0 ? filtersIn(options.security_group_filter) : undefined;
  const publicAddress = booleanIn(options.associate_public_ip_address);
  const [reachedBy = ''] = textsIn(options.ssh_interface);
  const login = loginOf(options, reachedBy);
  return {
    ...(vpc === undefined ? {} : { vpc }),
    ...(vpcFilters ? { vpcFilter: vpcFilters } : {}),
    ...(subnet === undefined ? {} : { subnet }),
    ...(subnetFilters ? { subnetFilter: subnetFilters } : {}),
    anySubnet: booleanIn(subnetFilter?.random) === true || booleanIn(subnetFilter?.most_free) === true,
    ...(zone === undefined ? {} : { zone }),
    groups,
    ...(groupFilters ? { groupFilter: groupFilters } : {}),
    ...(publicAddress === undefined ? {} : { publicAddress }),
    privately: ['private_ip', 'private_dns', 'session_manager'].includes(reachedBy),
    ...(login ? { login } : {}),
  };
}

/** Ports and defaults of Packer's communicators (its documentation of SSH and of WinRM). */
function loginOf(options: Target['packer']['options'], reachedBy: string): Login | undefined {
  const [communicator = 'ssh'] = textsIn(options.communicator);
  if (reachedBy === 'session_manager' || !['ssh', 'winrm'].includes(communicator)) return undefined;
  const usual = communicator === 'ssh' ? 22 : booleanIn(options.winrm_use_ssl) ? 5986 : 5985;
  const given = Number(options[`${communicator}_port`] ?? usual);
  const others = ['ssh_host', 'winrm_host', 'ssh_bastion_host', 'ssh_proxy_host'];
  return {
    port: Number.isInteger(given) && given > 0 ? given : usual,
    directly: ['', 'public_ip'].includes(reachedBy) && others.every((other) => !options[other]),
  };
}

/** Packer's filter: an object `filters`, and `filter` blocks of `name` and `value`; each filter has one value. */
function filtersIn(value: Json | undefined): NetworkFilters | undefined {
  const block = blockIn(value);
  if (!block) return undefined;
  const mapped = isObject(block.filters) ? Object.entries(block.filters) : [];
  const listed = [block.filter]
    .flat()
    .flatMap((one): [string, unknown][] =>
      isObject(one) && typeof one.name === 'string' ? [[one.name, one.value]] : [],
    );
  const all = [...mapped, ...listed].map(([name, one]): [string, string[]] => [name, [String(one)]]);
  return all.length === 0 ? undefined : Object.fromEntries(all);
}

const blockIn = (value: Json | undefined): Record<string, Json> | undefined => {
  const [block] = [value].flat();
  return isObject(block) ? (block as Record<string, Json>) : undefined;
};

/** Packer also accepts booleans as text. */
const booleanIn = (value: Json | undefined): boolean | undefined => {
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  return undefined;
};
