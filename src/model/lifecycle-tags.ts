import { dateWords } from '../lib/days.ts';
import { tagKeys } from './resource-names.ts';

type Tags = Readonly<Record<string, string>>;

/** When an AMI's release was promoted, in milliseconds since 1970; undefined if it never was. Pure. */
export const promotedAt = (tags: Tags): number | undefined => moment(tags[tagKeys.promoted]);

/** When another release was promoted in its place, in milliseconds since 1970. Pure. */
export const supersededAt = (tags: Tags): number | undefined => moment(tags[tagKeys.superseded]);

/** When and why a release was withdrawn. */
export interface Yanked {
  /** ISO 8601, UTC; absent if gopackgo did not write the tag. */
  at?: string;
  reason: string;
}

/** The value of the tag `gopackgo:yanked`. */
export const yankedTag = ({ at = '', reason }: Yanked): string => `${at} ${reason}`;

/** An AMI's withdrawal, from its tags: any value of `gopackgo:yanked` counts. Pure. */
export function yankedBy(tags: Tags): Yanked | undefined {
  const value = tags[tagKeys.yanked];
  if (value === undefined) return undefined;
  const [, at, reason = ''] = /^(\d{4}-\S+Z) ?(.*)$/s.exec(value) ?? [];
  return at === undefined ? { reason: value } : { at, reason };
}

/** `on 2026-11-30: it opens a port`. Pure. */
export const yankedWords = ({ at, reason }: Yanked): string =>
  `${at === undefined ? '' : `on ${at.slice(0, 10)}`}${reason === '' ? '' : `: ${reason}`}`;

/** When cleanup retired an AMI; any value of `gopackgo:retired` counts, even if it is not a time. */
export interface Retired {
  /** Milliseconds since 1970. */
  at?: number;
}

/** An AMI's retirement, from its tags. Pure. */
export function retiredBy(tags: Tags): Retired | undefined {
  const value = tags[tagKeys.retired];
  if (value === undefined) return undefined;
  const at = moment(value);
  return at === undefined ? {} : { at };
}

/** `on 2026-11-30`; empty if the time is unknown. Pure. */
export const retiredWords = ({ at }: Retired): string => (at === undefined ? '' : ` on ${dateWords(at)}`);

/** The first result among the tags of a release's AMIs: one AMI counts for its whole release, wherever a run was killed. Pure. */
export const saidOfRelease = <Said>(
  amis: readonly { ami: { tags: Tags } }[],
  read: (tags: Tags) => Said | undefined,
): Said | undefined => amis.map(({ ami }) => read(ami.tags)).find((said) => said !== undefined);

function moment(value: string | undefined): number | undefined {
  const parsed = Date.parse(value ?? '');
  return Number.isNaN(parsed) ? undefined : parsed;
}
