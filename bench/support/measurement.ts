/** One comparison, made in one run: what was measured beside what it is compared with, round by round. */
export interface Measurement {
  what: string;
  /** The median, in words: `25.4 s`. */
  measured: string;
  /** What it is compared with, and its median. */
  comparedWith: string;
  /** Measured by compared, of each round. */
  ratios: number[];
  /** Absent where nothing is aimed at: a fact for the reader. */
  aim?: { is: 'at most' | 'at least'; ratio: number };
  /** What was asserted of the work itself, so that nothing is measured that was not done. */
  done: string;
}

/** A number that is no comparison: how many calls of AWS something takes. */
export interface Fact {
  what: string;
  measured: string;
}

export type Row = Measurement | Fact;

export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('the median of no values');
  const sorted = values.toSorted((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

export const isMet = ({ aim, ratios }: Measurement): boolean | undefined => {
  if (!aim) return undefined;
  return aim.is === 'at most' ? median(ratios) <= aim.ratio : median(ratios) >= aim.ratio;
};

/** The median of times in milliseconds, as people read it. */
export function inSeconds(milliseconds: readonly number[]): string {
  const one = median(milliseconds);
  return one < 1_000 ? `${one.toFixed(one < 100 ? 1 : 0)} ms` : `${(one / 1_000).toFixed(2)} s`;
}

/** How long something takes, in milliseconds. */
export async function timed<T>(work: () => Promise<T>): Promise<{ took: number; value: T }> {
  const began = performance.now();
  const value = await work();
  return { took: performance.now() - began, value };
}
