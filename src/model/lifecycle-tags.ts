import { dateWords } from '../lib/days.ts';
import { tagKeys } from './resource-names.ts';

type Tags = Readonly<Record<string, string>>;

/** When an AMI's release was promoted, in milliseconds since 1970; undefined where it never was. Pure. */
export const promotedAt = (tags: Tags): number | undefined => moment(tags[tagKeys.promoted]);

/** Since when another release is promoted in its place, in milliseconds since 1970. Pure. */
export const supersededAt = (tags: Tags): number | undefined => moment(tags[tagKeys.superseded]);

/** When and why a release was withdrawn. */
export interface Yanked {
  /** ISO 8601, UTC; absent where the tag was not written by gopackgo. */
  at?: string;
  reason: string;
}

/** The value of the tag `gopackgo:yanked`. */
export const yankedTag = ({ at = '', reason }: Yanked): string => `${at} ${reason}`;

/** What an AMI's tags say of its withdrawal: any value of `gopackgo:yanked` counts. Pure. */
export function yankedBy(tags: Tags): Yanked | undefined {
  const value = tags[tagKeys.yanked];
  if (value === undefined) return undefined;
  const [, at, reason = ''] = /^(\d{4}-\S+Z) ?(.*)$/s.exec(value) ?? [];
  return at === undefined ? { reason: value } : { at, reason };
}

/** `on 2026-11-30: it opens a port`. Pure. */
export const yankedWords = ({ at, reason }: Yanked): string =>
  `${at === undefined ? '' : `on ${at.slice(0, 10)}`}${reason === '' ? '' : `: ${reason}`}`;

/** When cleanup retired an AMI; any value of `gopackgo:retired` counts, also one that is no moment. */
export interface Retired {
  /** Milliseconds since 1970. */
  at?: number;
}

/** What an AMI's tags say of its retirement. Pure. */
export function retiredBy(tags: Tags): Retired | undefined {
  const value = tags[tagKeys.retired];
  if (value === undefined) return undefined;
  const at = moment(value);
  return at === undefined ? {} : { at };
}

/** `on 2026-11-30`; nothing where the moment is not known. Pure. */
export const retiredWords = ({ at }: Retired): string => (at === undefined ? '' : ` on ${dateWords(at)}`);

/** What the tags of the first AMI that says so say: one counts for all of its release, wherever a run was killed. Pure. */
export const saidOfRelease = <Said>(
  amis: readonly { ami: { tags: Tags } }[],
  read: (tags: Tags) => Said | undefined,
): Said | undefined => amis.map(({ ami }) => read(ami.tags)).find((said) => said !== undefined);

function moment(value: string | undefined): number | undefined {
  const parsed = Date.parse(value ?? '');
  return Number.isNaN(parsed) ? undefined : parsed;
}
