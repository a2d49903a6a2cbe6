import type { Ami } from '../model/ami.ts';
import { isProtected } from '../model/protection.ts';

/** What is wanted of an AMI that was published; what is absent is left as it is. */
export interface WantedState {
  /** Tags by key; null: it has no such tag. */
  tags?: Readonly<Record<string, string | null>>;
  state?: 'available' | 'disabled';
  /** When it is deprecated, ISO 8601; null: not at all. */
  deprecated?: string | null;
  /** Whether deregistration protection is on. */
  protected?: boolean;
}

/** One difference between what is wanted and what was found, with what it is to become. */
export type AmiChange =
  | { what: 'tag'; key: string; to: string | null }
  | { what: 'state'; to: 'available' | 'disabled' }
  | { what: 'deprecation'; to: string | null }
  | { what: 'protection'; to: boolean };

/**
 * What has to change of an AMI, in the order in which it is changed: tags are written first and taken away last, since they say what
 * is going on where a run is killed. Pure.
 *
 * @param now milliseconds since 1970: EC2 takes no deprecation date in the past, so that what is due is due now.
 */
export function amiChanges(wanted: WantedState, found: Ami, now: number): AmiChange[] {
  const tags = Object.entries(wanted.tags ?? {})
    .filter(([key, value]) => (found.tags[key] ?? null) !== value)
    .map(([key, to]) => ({ what: 'tag' as const, key, to }));
  const { state, deprecated } = wanted;
  return [
    ...tags.filter(({ to }) => to !== null),
    ...(state === undefined || found.state === state ? [] : [{ what: 'state' as const, to: state }]),
    ...(deprecated === undefined || isDeprecatedSo(deprecated, found, now)
      ? []
      : [{ what: 'deprecation' as const, to: deprecated === null ? null : notBefore(deprecated, now) }]),
    ...(wanted.protected === undefined || wanted.protected === isProtected(found)
      ? []
      : [{ what: 'protection' as const, to: wanted.protected }]),
    ...tags.filter(({ to }) => to === null),
  ];
}

const minute = 60_000;

/** EC2 rounds to the minute, and needs a date that is not past when the call arrives. */
const soonest = (now: number): number => now + 2 * minute;

const notBefore = (date: string, now: number): string =>
  new Date(Math.max(Date.parse(date), soonest(now))).toISOString();

function isDeprecatedSo(wanted: string | null, { deprecated, ...found }: Ami, now: number): boolean {
  if (wanted === null) {
    return (
      deprecated === undefined ||
      (found.public && Math.abs(Date.parse(deprecated) - publicLimit(found.created)) <= minute)
    );
  }
  if (deprecated === undefined) return false;
  const [is, at] = [Date.parse(deprecated), Date.parse(wanted)];
  const due = soonest(now) + minute;
  return Math.abs(is - at) <= minute || (at <= due && is <= due);
}

/** When EC2 deprecates a public AMI at the latest: two years after its creation ("Deprecate an Amazon EC2 AMI"). Pure. */
export function publicLimit(created: string): number {
  const limit = new Date(created);
  limit.setUTCFullYear(limit.getUTCFullYear() + 2);
  return limit.getTime();
}
