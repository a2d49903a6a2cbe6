import { BlockList, isIPv4 } from 'node:net';
import type { SecurityGroup, SecurityGroupRule } from '../aws/networks.ts';
import type { NetworkAsked } from './network-asked.ts';
import type { NetworkSeen } from './network-seen.ts';

/** Blocks from which no packet arrives over the internet (RFC 6890): network and bits. */
const neverPublic: readonly [string, number][] = [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
];

/** Whether a rule only allows private addresses; IPv6 ranges are not evaluated. Pure. */
export function isPrivateRange(cidr: string): boolean {
  const [address = '', bits = '32'] = cidr.split('/');
  if (!isIPv4(address)) return false;
  return neverPublic.some(([network, prefix]) => {
    const block = new BlockList();
    block.addSubnet(network, prefix);
    return Number(bits) >= prefix && block.check(address);
  });
}

const opens = ({ protocol, from, to }: SecurityGroupRule, port: number): boolean => {
  if (protocol === '-1') return true;
  return (protocol === 'tcp' || protocol === '6') && (from ?? 0) <= port && port <= (to ?? 65_535);
};

/**
 * Who can reach a port through the builders' security groups. `open`: addresses that gopackgo may have. `unknown`: only members
 * of groups or prefix lists. `private`: only private addresses, which cannot reach a public one. `closed`: nobody. Pure.
 */
export function loginThrough(
  groups: readonly SecurityGroup[],
  { port, isPublic }: { port: number; isPublic: boolean },
): 'open' | 'unknown' | 'private' | 'closed' {
  const rules = groups.flatMap(({ ingress }) => ingress).filter((rule) => opens(rule, port));
  const ranges = rules.flatMap(({ cidrs }) => cidrs);
  if (ranges.some((cidr) => !isPublic || !isPrivateRange(cidr))) return 'open';
  if (rules.some(({ hasOthers }) => hasOthers)) return 'unknown';
  return ranges.length > 0 ? 'private' : 'closed';
}

/**
 * Whether Packer logs in at a public address over the internet. It uses the public address of a builder that has one
 * (`ssh_interface`, "the default behaviour if inside a VPC"), and its packets then have a public source address, whatever
 * network they come from. Pure.
 */
export const isPublicLogin = (
  { login, publicAddress }: NetworkAsked,
  subnets: NetworkSeen['subnets'],
): boolean =>
  login?.directly === true &&
  subnets.ok &&
  subnets.value.length > 0 &&
  subnets.value.every(({ givesPublicAddress }) => publicAddress ?? givesPublicAddress);
