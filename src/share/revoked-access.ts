import type { Audience } from '../model/events.ts';
import { audienceOf, isEmpty } from '../model/permission.ts';
import type { ReleasePlan } from '../model/release-plan.ts';
import { isVerified, openPermissions, type Verdict } from '../observe/verify.ts';

/**
 * Who may use a verified target's AMI or its snapshots now, but not after the plan is applied. Undefined if nobody loses
 * access, or if the lookup failed; nothing is changed then either. Pure.
 */
export function revokedAccess(verdict: Verdict, plan: ReleasePlan): Audience | undefined {
  if (!isVerified(verdict.status)) return undefined;
  const removed = (openPermissions(verdict, plan) ?? []).map(({ change }) => change.remove);
  if (removed.every(isEmpty)) return undefined;
  return audienceOf(removed);
}
