import type { Target } from '../model/release-plan.ts';

/**
 * Pure. The order in which builds are started: what took longest before comes first, so that no long build is left for the
 * end, where it would run alone. What was never built may take any time and comes before all others; else the plan's order.
 *
 * @param seconds that earlier builds took, by target name.
 */
export function longestFirst(targets: readonly Target[], seconds: ReadonlyMap<string, number>): Target[] {
  const expected = ({ name }: Target) => seconds.get(name) ?? Number.MAX_VALUE;
  return targets.toSorted((one, other) => expected(other) - expected(one));
}
