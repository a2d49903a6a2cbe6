import type { LeftOut, ReleasePlan } from '../model/release-plan.ts';

/**
 * A plan without these targets, which it lists with the reasons why they are skipped. Pure.
 *
 * @throws Error if one of them is required: the release would be published incomplete.
 */
export function excludeTargets(plan: ReleasePlan, without: readonly LeftOut[]): ReleasePlan {
  if (without.length === 0) return plan;
  const names = new Set(without.map(({ name }) => name));
  const required = plan.targets.find((target) => target.required && names.has(target.name));
  if (required) throw new Error(`${required.name} is required and cannot be skipped`);
  return {
    ...plan,
    targets: plan.targets.filter(({ name }) => !names.has(name)),
    leftOut: [...(plan.leftOut ?? []), ...without],
  };
}
