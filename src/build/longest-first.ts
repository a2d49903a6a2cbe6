import type { Target } from '../model/release-plan.ts';

/**
 * The order in which builds start: those that took longest last time come first, so that no long build runs alone at the end.
 * Targets without an earlier build may take any time and come first of all. Otherwise the plan's order. Pure.
 *
 * @param seconds duration of earlier builds, by target name.
 */
export function longestFirst(targets: readonly Target[], seconds: ReadonlyMap<string, number>): Target[] {
  const expected = ({ name }: Target) => seconds.get(name) ?? Number.MAX_VALUE;
  return targets.toSorted((one, other) => expected(other) - expected(one));
}
