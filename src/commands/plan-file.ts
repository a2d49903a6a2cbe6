import { ActionableError, exitStatus } from '../lib/actionable-error.ts';
import { isObject } from '../lib/is-object.ts';
import type { Audience, PlanSummary } from '../model/events.ts';
import type { ReleasePlan } from '../model/release-plan.ts';
import { diffPlans, type ReviewedPlan } from '../plan/diff-plans.ts';
import { foundInPlaceOf, readJsonFile, writeJsonFile } from './json-file.ts';
import { variableOptions, whereOptions } from './next-commands.ts';
import type { ReleaseArguments } from './release-arguments.ts';

/** What stands for each target, and who would lose it, in a form that can be compared later. Pure. */
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

/** @throws ActionableError (2) where the file cannot be written. */
export const writePlanFile = (file: string, cwd: string, reviewed: ReviewedPlan): Promise<void> =>
  writeJsonFile('--out', file, cwd, reviewed);

/** @throws ActionableError (2) where there is no plan in the file. */
export async function readPlanFile(file: string, cwd: string): Promise<ReviewedPlan> {
  const expected = 'a file that "gopackgo plan --out" wrote';
  const plan = await readJsonFile('--plan', file, cwd, expected);
  if (isReviewedPlan(plan)) return plan;
  throw new ActionableError(
    `--plan ${file}: expected ${expected}, found ${foundInPlaceOf(2, plan)}. Make one: gopackgo plan PUB --out ${file}`,
  );
}

/** Whether it has all that is read of a plan before it is compared with one that is made anew. */
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

/** @throws ActionableError (4) that names all that changed since the plan was read, and the command that makes a new one. */
export function refuseChanges(
  file: string,
  reviewed: ReviewedPlan,
  plan: ReleasePlan,
  planned: PlanSummary,
  args: ReleaseArguments,
): void {
  const changes = diffPlans(reviewed, plan, statusesOf(planned));
  if (changes.length === 0) return;
  throw new ActionableError(
    `Nothing was made: since ${file} was written, the config or the world has changed.\n` +
      `${changes.map((change) => `  ${change}\n`).join('')}Read a new plan: ${planAgain(args, reviewed, file)}`,
    exitStatus.refused,
  );
}

/**
 * A plan that was read in place of the words that it was made with. Of the patterns that chose its targets it holds only what
 * they left.
 */
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
  const mixed = args.acceptMixed ? ' --accept-mixed' : '';
  const chosen = isWhole(reviewed) ? '' : ', and what chose its targets';
  return `gopackgo plan ${args.publication}${whereOptions(args)}${variableOptions(args)}${mixed} --out ${file}${chosen}`;
}
