import type { Ami } from '../model/ami.ts';
import { isProtected } from '../model/protection.ts';

/** The wanted state of a published AMI. Absent parts stay as they are. */
export interface WantedState {
  /** Tags by key; null: the tag must not exist. */
  tags?: Readonly<Record<string, string | null>>;
  state?: 'available' | 'disabled';
  /** The deprecation date, ISO 8601; null: none. */
  deprecated?: string | null;
  /** Whether deregistration protection is on. */
  protected?: boolean;
}

/** One difference between the wanted and the found state, with the new value. */
export type AmiChange =
  | { what: 'tag'; key: string; to: string | null }
  | { what: 'state'; to: 'available' | 'disabled' }
  | { what: 'deprecation'; to: string | null }
  | { what: 'protection'; to: boolean };

/**
 * The changes that an AMI needs, in order: tags are written first and removed last, since they tell what is going on if a run
 * is killed. Pure.
 *
 * @param now milliseconds since 1970. EC2 accepts no deprecation date in the past, so an overdue date becomes now.
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

/** EC2 rounds to the minute, and rejects a date that is past when the call arrives. */
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

/**
 * The latest deprecation date of a public AMI: EC2 deprecates it two years after its creation ("Deprecate an Amazon EC2 AMI").
 * Pure.
 */
export function publicLimit(created: string): number {
  const limit = new Date(created);
  limit.setUTCFullYear(limit.getUTCFullYear() + 2);
  return limit.getTime();
}
