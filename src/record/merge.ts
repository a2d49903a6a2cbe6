import { type Entry, keyOf } from './entry.ts';

export interface Merged {
  entries: Entry[];
  /** Ours whose kind had no AMI in the region. */
  added: number;
  /** Ours that replaced another AMI. */
  replaced: number;
  /** Ours that were already there. */
  same: number;
}

/** Ours replace entries of the same region and kind; all others stay. Pure. */
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
