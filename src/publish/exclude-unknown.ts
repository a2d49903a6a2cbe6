import type { Plan } from '../model/release-plan.ts';
import type { Verdict } from '../observe/verify.ts';
import { leaveOut } from '../plan/exclude-targets.ts';
import { why } from './plan-summary.ts';

/**
 * A best-effort target that could not be looked at is left out of the run: nothing may be done about it, and a region
 * that does not answer would be waited for at each of the looks that follow. Pure.
 */
export function leaveOutUnseen(
  plan: Plan,
  verdicts: readonly Verdict[],
): { plan: Plan; verdicts: Verdict[] } {
  const isOut = ({ target, standing }: Verdict) => !target.required && standing.is === 'unknown';
  const without = verdicts.filter(isOut).map(({ target: { name, region, image }, standing }) => ({
    name,
    region,
    image,
    why: `it could not be looked at: ${why(standing)}`,
  }));
  return { plan: leaveOut(plan, without), verdicts: verdicts.filter((verdict) => !isOut(verdict)) };
}
