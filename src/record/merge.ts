import { type Entry, keyOf } from './entry.ts';

export interface Merged {
  entries: Entry[];
  /** Of ours: those of a kind that the region had no AMI of. */
  added: number;
  /** Of ours: those that took another AMI's place. */
  replaced: number;
  /** Of ours: those that were there. */
  same: number;
}

/** Ours take the place of what has their region and kind; everybody else's stay. Pure. */
export function mergeIds(entries: readonly Entry[], ours: readonly Entry[]): Merged {
  const before = new Map(entries.map((entry) => [keyOf(entry), entry]));
  const after = new Map([...before, ...ours.map((entry) => [keyOf(entry), entry] as const)]);
  const known = ours.filter((entry) => before.has(keyOf(entry)));
  const same = known.filter((entry) => before.get(keyOf(entry))?.id === entry.id);
  return {
    entries: [...after.values()],
    added: ours.length - known.length,
    replaced: known.length - same.length,
    same: same.length,
  };
}
