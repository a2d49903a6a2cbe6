import type { ReleasePlan } from '../model/release-plan.ts';
import { agrees, isVerified, type Verdict } from '../observe/verify.ts';

/** The required targets that remain unverified after a run that builds the chosen ones; without them nothing is shared. Pure. */
export const othersMissing = (verdicts: readonly Verdict[], chosen: ReadonlySet<string>): number =>
  verdicts.filter(({ target, status }) => target.required && !chosen.has(target.name) && !isVerified(status))
    .length;

/** Whether a run that builds the chosen targets can then share: every other required target is verified. Pure. */
export const mayShare = (verdicts: readonly Verdict[], chosen: ReadonlySet<string>): boolean =>
  othersMissing(verdicts, chosen) === 0;

/**
 * The targets that a run reports and asks about: the chosen ones, and those whose permissions it would change once the chosen
 * ones exist. The config is authoritative for all of them. Pure.
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
