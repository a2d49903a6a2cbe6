/** Random numbers from a seed: the same seed gives the same run. */
export interface Chance {
  /** A whole number from 0 up to, but not including, this. */
  below(limit: number): number;
  /** True with this probability in per cent. */
  percent(often: number): boolean;
  oneOf<T>(all: readonly [T, ...T[]]): T;
}

/** mulberry32 by Tommy Ettinger (public domain): 32 bits of state, good enough to vary tests. */
export function chance(seed: number): Chance {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    below,
    percent: (often) => below(100) < often,
    oneOf: (all) => all[below(all.length)] ?? all[0],
  };
}
