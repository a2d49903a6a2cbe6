import type { Lookup, LookupError } from '../model/lookup.ts';

/** Settings of the sandbox for an account in a region, under their keys (docs/sandbox.md). The sandbox's schema is what says which are right. */
export type Settings = Readonly<Record<string, unknown>>;

/** A part of what was found of an account, as settings; what it lacks because a lookup failed, or because settings cannot say it. */
export interface Part {
  settings: Settings;
  failed: LookupError[];
  /** A sentence each, without its end. */
  leftOut: string[];
}

/** What an answer says as settings. Nothing where there is none: a failed lookup is not "absent". Pure. */
export function partOf<T>(
  lookup: Lookup<T>,
  toSettings: (value: T) => Settings,
  leftOut: (value: T) => string[] = () => [],
): Part {
  return lookup.ok
    ? { settings: toSettings(lookup.value), failed: [], leftOut: leftOut(lookup.value) }
    : { settings: {}, failed: [lookup.error], leftOut: [] };
}

/** Parts as one. Lists under the same key follow each other. Pure. */
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
