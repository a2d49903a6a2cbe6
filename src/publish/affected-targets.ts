import type { ReleasePlan } from '../model/release-plan.ts';
import { agrees, isVerified, type Verdict } from '../observe/verify.ts';

/** Whether a run that builds the chosen targets may come to share: every other one that has to exist is verified. Pure. */
export const mayShare = (verdicts: readonly Verdict[], chosen: ReadonlySet<string>): boolean =>
  verdicts.every(({ target, status }) => !target.required || chosen.has(target.name) || isVerified(status));

/**
 * The targets that a run is told of, and asked about: the chosen ones, and those that it would share, or take away from
 * others, once the chosen ones are there. The config is the whole truth about all of them. Pure.
 */
export function affectedTargets(
  plan: ReleasePlan,
  verdicts: readonly Verdict[],
  chosen: ReadonlySet<string>,
): Verdict[] {
  const changes = mayShare(verdicts, chosen);
  return verdicts.filter(
    (verdict) =>
      chosen.has(verdict.target.name) || (changes && isVerified(verdict.status) && !agrees(verdict, plan)),
  );
}
