import type { Target } from '../model/release-plan.ts';

/**
 * The order in which builds are started: those that took longest before come first, so that no long build runs alone at the
 * end. Targets never built before may take any time and come first of all; otherwise the plan's order. Pure.
 *
 * @param seconds that earlier builds took, by target name.
 */
export function longestFirst(targets: readonly Target[], seconds: ReadonlyMap<string, number>): Target[] {
  const expected = ({ name }: Target) => seconds.get(name) ?? Number.MAX_VALUE;
  return targets.toSorted((one, other) => expected(other) - expected(one));
}
