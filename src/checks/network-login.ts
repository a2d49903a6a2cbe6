import { BlockList, isIPv4 } from 'node:net';
import type { SecurityGroup, SecurityGroupRule } from '../aws/networks.ts';
import type { NetworkAsked } from './network-asked.ts';
import type { NetworkSeen } from './network-seen.ts';

/** Blocks that no packet comes from over the internet (RFC 6890): network and bits. */
const neverPublic: readonly [string, number][] = [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
];

/** Whether a rule is for nothing but addresses that are private; an address range of IPv6 is not looked at. Pure. */
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
 * Whom the builders' security groups let reach a port: `open` to addresses that gopackgo may have; `unknown` where only members of groups or
 * prefix lists are let in; `private` where only private addresses are, and those cannot reach a public one; `closed` to everybody. Pure.
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
 * Whether Packer logs in at a public address from the internet: it takes that where a builder has one (`ssh_interface`, "the default
 * behaviour if inside a VPC"), and its packets have a public address then, whatever network they come from. Pure.
 */
export const isPublicLogin = (
  { login, publicAddress }: NetworkAsked,
  subnets: NetworkSeen['subnets'],
): boolean =>
  login?.directly === true &&
  subnets.ok &&
  subnets.value.length > 0 &&
  subnets.value.every(({ givesPublicAddress }) => publicAddress ?? givesPublicAddress);
