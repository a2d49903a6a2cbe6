import type { LeftOut, ReleasePlan } from '../model/release-plan.ts';

/**
 * A plan without these targets, which it names with the reason why nothing is done about them. What must exist is
 * never left out. Pure.
 *
 * @throws Error where one of them is required: that would publish a release with a hole in it.
 */
export function excludeTargets(plan: ReleasePlan, without: readonly LeftOut[]): ReleasePlan {
  if (without.length === 0) return plan;
  const names = new Set(without.map(({ name }) => name));
  const required = plan.targets.find((target) => target.required && names.has(target.name));
  if (required) throw new Error(`${required.name} is required and cannot be left out`);
  return {
    ...plan,
    targets: plan.targets.filter(({ name }) => !names.has(name)),
    leftOut: [...(plan.leftOut ?? []), ...without],
  };
}
