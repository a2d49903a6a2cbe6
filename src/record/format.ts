import type { Problem } from '../lib/problem.ts';
import type { RecordedAmi } from './recorded-ami.ts';

/** What identifies an AMI in a record: an image of a publication, in a region. */
export type Place = Pick<RecordedAmi, 'publication' | 'region' | 'image'>;

/** A record with AMIs merged into it. */
export interface MergedRecord {
  text: string;
  /** Ours whose place had no AMI. */
  added: number;
  /** Ours that replaced another AMI. */
  replaced: number;
  /** Ours that were already there. */
  same: number;
  /** Targets whose AMI cannot be recorded in this format. */
  omitted: string[];
  /** Whether the record has an AMI for this place. */
  lists(place: Place): boolean;
}

export type Merging = ({ ok: true } & MergedRecord) | { ok: false; problems: Problem[] };

/** How AMIs are written to a file that may hold more than ours. Pure. */
export interface RecordFormat {
  /** The kind of file, in messages: `a file of AMI ids`. */
  what: string;
  /**
   * Merges AMIs into the text of a file; undefined if there is no file. Entries of others stay, and the text is unchanged if it
   * already has all of ours. A text of another kind is refused, with all its problems.
   */
  merge(text: string | undefined, ours: readonly RecordedAmi[]): Merging;
}

/** Counts the outcome of our AMIs, by the ids that a record has in their places. */
export function countMerged(
  ours: readonly RecordedAmi[],
  idAt: (place: Place) => string | undefined,
): Pick<MergedRecord, 'added' | 'replaced' | 'same'> {
  const found = ours.map((ami) => ({ id: ami.id, before: idAt(ami) }));
  const added = found.filter(({ before }) => before === undefined).length;
  const same = found.filter(({ id, before }) => id === before).length;
  return { added, replaced: found.length - added - same, same };
}

/** By code points: the same on every machine, whatever its locale. */
export function byCodePoints(one: readonly string[], other: readonly string[]): number {
  for (const [at, word] of one.entries()) {
    const against = other[at] ?? '';
    if (word !== against) return word < against ? -1 : 1;
  }
  return 0;
}
