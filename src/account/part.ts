import type { Lookup, LookupError } from '../model/lookup.ts';

/** The sandbox's settings for an account in a region, by key (docs/sandbox.md). The sandbox's schema decides which are valid. */
export type Settings = Readonly<Record<string, unknown>>;

/**
 * Part of the findings about an account, as settings, with what is missing because a lookup failed or because settings cannot
 * express it.
 */
export interface Part {
  settings: Settings;
  failed: LookupError[];
  /** One sentence each, without its full stop. */
  leftOut: string[];
}

/** An answer as settings. Empty for a failed lookup, which does not mean "absent". Pure. */
export function partOf<T>(
  lookup: Lookup<T>,
  toSettings: (value: T) => Settings,
  leftOut: (value: T) => string[] = () => [],
): Part {
  return lookup.ok
    ? { settings: toSettings(lookup.value), failed: [], leftOut: leftOut(lookup.value) }
    : { settings: {}, failed: [lookup.error], leftOut: [] };
}

/** Merges parts. Lists with the same key are concatenated. Pure. */
export const together = (parts: readonly Part[]): Part => ({
  settings: parts.reduce((all: Settings, { settings }) => merged(all, settings), {}),
  failed: parts.flatMap(({ failed }) => failed),
  leftOut: parts.flatMap(({ leftOut }) => leftOut),
});

function merged(one: Settings, other: Settings): Settings {
  const both = Object.entries(other).map(([key, value]) => {
    const before = one[key];
    if (Array.isArray(before) && Array.isArray(value)) return [key, [...before, ...value]];
    const areObjects = [before, value].every(
      (some) => typeof some === 'object' && some !== null && !Array.isArray(some),
    );
    return [key, areObjects ? { ...(before as object), ...(value as object) } : value];
  });
  return { ...one, ...Object.fromEntries(both) };
}
