import { isObject } from '../lib/is-object.ts';
import { shellWord } from '../lib/shell-word.ts';
import type { Audience, PlanSummary } from '../model/events.ts';
import type { ReleasePlan } from '../model/release-plan.ts';
import { diffPlans, type ReviewedPlan } from '../plan/diff-plans.ts';
import { advisedCommand } from './advised-command.ts';
import { type PlanKind, refuseChangedPlan } from './plan-file.ts';
import type { ReleaseArguments } from './release-arguments.ts';

/** The status of each target, and who would lose access to it, in a form that can be compared later. Pure. */
export const statusesOf = ({ targets }: PlanSummary): Record<string, string> =>
  Object.fromEntries(
    targets.map(({ name, status, ami, takenFrom }) => {
      const losers = takenFrom ? [`to be taken from ${everyoneOf(takenFrom).join(', ')}`] : [];
      return [name, [status, ...(ami ? [ami] : []), ...losers].join(' ')];
    }),
  );

const everyoneOf = (audience: Audience): string[] => [
  ...(audience.public ? ['everybody'] : []),
  ...audience.accounts,
  ...audience.organizations,
];

/** The plan that `plan --out` writes and `publish --plan` applies. */
export const releasePlanFile: PlanKind<ReviewedPlan> = {
  writtenBy: 'gopackgo plan --out',
  isPlan: isReviewedPlan,
};

function isReviewedPlan(plan: unknown): plan is ReviewedPlan {
  if (!isObject(plan) || plan.format !== 2 || typeof plan.version !== 'string') return false;
  const { targets, selected, statuses, sharing, variables = {} } = plan;
  const parts = ['base', 'expect', 'packer'];
  return (
    Array.isArray(targets) &&
    targets.every((target) => isObject(target) && parts.every((part) => isObject(target[part]))) &&
    Array.isArray(selected) &&
    [statuses, sharing, variables].every(isObject)
  );
}

/** @throws ActionableError (4) that names everything that changed since the plan was reviewed. */
export const refuseChanges = (
  file: string,
  reviewed: ReviewedPlan,
  plan: ReleasePlan,
  planned: PlanSummary,
  args: ReleaseArguments,
): void =>
  refuseChangedPlan(diffPlans(reviewed, plan, statusesOf(planned)), {
    nothing: `Nothing was built: the config or AWS has changed since ${file} was written.`,
    todo: `Make a new plan and read it: ${planAgain(args, reviewed, file)}`,
  });

/** The arguments that the reviewed plan stands for. It does not contain the patterns that chose its targets, only the targets. */
export const reviewedArguments = (
  reviewed: ReviewedPlan,
): Pick<ReleaseArguments, 'reviewed' | 'only' | 'variables' | 'acceptMixed'> => ({
  reviewed,
  only: isWhole(reviewed) ? [] : reviewed.selected,
  variables: reviewed.variables ?? {},
  acceptMixed: reviewed.targets.some(({ acceptsAnyRecipe }) => acceptsAnyRecipe),
});

const isWhole = ({ targets, selected }: ReviewedPlan): boolean =>
  targets.every(({ name }) => selected.includes(name));

function planAgain(args: ReleaseArguments, reviewed: ReviewedPlan, file: string): string {
  const chosen = isWhole(reviewed) ? '' : ', and the options that chose its targets';
  return `${advisedCommand(args)('plan', args.publication, '--out', shellWord(file))}${chosen}`;
}
