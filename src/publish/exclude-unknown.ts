import { definedOnly } from '../lib/defined-only.ts';
import type { ReleasePlan } from '../model/release-plan.ts';
import { failedCallOf } from '../model/status.ts';
import type { Verdict } from '../observe/verify.ts';
import { excludeTargets } from '../plan/exclude-targets.ts';
import { explainStatus } from './plan-summary.ts';

/**
 * Skips each best-effort target whose lookup failed: nothing may be done about it, and every later lookup would wait for a
 * region that does not answer. Pure.
 */
export function excludeUnknown(
  plan: ReleasePlan,
  verdicts: readonly Verdict[],
): { plan: ReleasePlan; verdicts: Verdict[] } {
  const isSkipped = ({ target, status }: Verdict) => !target.required && status.is === 'unknown';
  const without = verdicts.filter(isSkipped).map(({ target: { name, region, image }, status }) => ({
    name,
    region,
    image,
    why: `the lookup failed: ${explainStatus(status)}`,
    ...definedOnly({ failedCall: failedCallOf(status) }),
  }));
  return { plan: excludeTargets(plan, without), verdicts: verdicts.filter((verdict) => !isSkipped(verdict)) };
}
