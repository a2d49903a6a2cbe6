import { isIPv4 } from 'node:net';

/** A block of IPv4 addresses, as numbers. */
export interface Block {
  first: number;
  last: number;
  /** Bits of its prefix. */
  length: number;
}

/** An IPv4 CIDR block, its address truncated to its prefix as EC2 does; undefined if the text is not one. */
export const blockOf = (cidr: string): Block | undefined => {
  const [address = '', bits = '', ...more] = cidr.split('/');
  const length = Number(bits);
  if (!isIPv4(address) || !/^\d{1,2}$/.test(bits) || length > 32 || more.length > 0) return undefined;
  const size = 2 ** (32 - length);
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const first = Math.floor(number / size) * size;
  return { first, last: first + size - 1, length };
};

/** `10.0.0.0/16` */
export const cidrOf = ({ first, length }: Block): string =>
  `${[24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.')}/${length}`;

export const contains = (outer: Block, inner: Block): boolean =>
  outer.first <= inner.first && inner.last <= outer.last;

export const overlaps = (one: Block, other: Block): boolean =>
  one.first <= other.last && other.first <= one.last;

/** How many addresses a subnet has for its instances: AWS reserves the first four and the last one ("Subnet sizing"). */
export const usableAddresses = (cidr: string): number => {
  const block = blockOf(cidr);
  return block ? block.last - block.first + 1 - 5 : 0;
};
