import type { ReleasePlan } from '../model/release-plan.ts';
import type { Verdict } from '../observe/verify.ts';
import { excludeTargets } from '../plan/exclude-targets.ts';
import { explainStatus } from './plan-summary.ts';

/**
 * A best-effort target that could not be looked at is left out of the run: nothing may be done about it, and a region
 * that does not answer would be waited for at each of the looks that follow. Pure.
 */
export function excludeUnknown(
  plan: ReleasePlan,
  verdicts: readonly Verdict[],
): { plan: ReleasePlan; verdicts: Verdict[] } {
  const isOut = ({ target, status }: Verdict) => !target.required && status.is === 'unknown';
  const without = verdicts.filter(isOut).map(({ target: { name, region, image }, status }) => ({
    name,
    region,
    image,
    why: `it could not be looked at: ${explainStatus(status)}`,
  }));
  return { plan: excludeTargets(plan, without), verdicts: verdicts.filter((verdict) => !isOut(verdict)) };
}
