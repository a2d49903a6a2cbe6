import { diffCleanupPlans } from '../cleanup/plan.ts';
import { isObject } from '../lib/is-object.ts';
import { shellWord } from '../lib/shell-word.ts';
import type { CleanupPlan } from '../model/events.ts';
import { type PlanKind, refuseChangedPlan } from './plan-file.ts';

/** The plan that `cleanup --out` writes and `cleanup --plan` applies. */
export const cleanupPlanFile: PlanKind<CleanupPlan> = {
  writtenBy: 'gopackgo cleanup --out',
  isPlan(plan): plan is CleanupPlan {
    if (!isObject(plan) || plan.format !== 2 || typeof plan.publication !== 'string') return false;
    const only = isObject(plan.asked) ? plan.asked.only : undefined;
    return [plan.amis, plan.leftovers, plan.unseen, plan.regions, only].every(Array.isArray);
  },
};

/** @throws ActionableError (4) that names everything that changed since the plan was reviewed. */
export const refuseCleanupChanges = (file: string, reviewed: CleanupPlan, now: CleanupPlan): void =>
  refuseChangedPlan(diffCleanupPlans(reviewed, now), {
    nothing: `Nothing was deleted: AWS has changed since ${file} was written.`,
    todo: `Make a new plan (--out ${shellWord(file)}) and read it.`,
  });
