import { compareKeys } from './key-order.ts';

export interface ListingRequest {
  prefix: string;
  /** Absent: no common prefixes. */
  delimiter: string;
  /** The maximum number of entries and common prefixes. */
  limit: number;
  /** Whether an entry, or a common prefix, was on an earlier page. */
  isPast(key: string, rolledUp: string | undefined): boolean;
}

export interface ListingPage<T> {
  entries: T[];
  commonPrefixes: string[];
  isTruncated: boolean;
  /** The last entry's key or common prefix. */
  last: string | undefined;
  lastEntry: T | undefined;
}

/**
 * One page of a listing: entries whose keys start with the prefix, in the given order. Entries with a delimiter after the
 * prefix are grouped into one common prefix each ("Organizing objects using prefixes").
 */
export const pageOfListing = <T>(
  sorted: readonly T[],
  keyOf: (entry: T) => string,
  { prefix, delimiter, limit, isPast }: ListingRequest,
): ListingPage<T> => {
  const page: ListingPage<T> = {
    entries: [],
    commonPrefixes: [],
    isTruncated: false,
    last: undefined,
    lastEntry: undefined,
  };
  for (const entry of sorted) {
    const key = keyOf(entry);
    if (!key.startsWith(prefix)) continue;
    const rolledUp = commonPrefixOf(key, prefix, delimiter);
    if (isPast(key, rolledUp) || (rolledUp !== undefined && page.commonPrefixes.at(-1) === rolledUp))
      continue;
    if (page.entries.length + page.commonPrefixes.length === limit) {
      page.isTruncated = limit > 0;
      break;
    }
    if (rolledUp === undefined) page.entries.push(entry);
    else page.commonPrefixes.push(rolledUp);
    page.last = rolledUp ?? key;
    page.lastEntry = rolledUp === undefined ? entry : undefined;
  }
  return page;
};

/** Skips what precedes the continuation of a listing, after a key or after a whole common prefix. */
export const after =
  (marker: string | undefined): ListingRequest['isPast'] =>
  (key, rolledUp) =>
    marker !== undefined && marker !== '' && (compareKeys(key, marker) <= 0 || rolledUp === marker);

const commonPrefixOf = (key: string, prefix: string, delimiter: string): string | undefined => {
  if (delimiter === '') return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
};
