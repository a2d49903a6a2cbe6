import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Audience, Planned } from '../events.ts';
import { ActionableError, exitStatus } from '../lib/actionable-error.ts';
import { writeAtomically } from '../lib/write-atomically.ts';
import type { Plan } from '../plan/plan.ts';
import { changesSince, type ReviewedPlan } from '../plan/reviewed-plan.ts';
import { whyNoJson } from './json-file.ts';
import { whereOptions } from './next-commands.ts';
import type { ReleaseArguments } from './release-arguments.ts';

/** What stands for each target, and who would lose it, in a form that can be compared later. Pure. */
export const standingsOf = ({ targets }: Planned): Record<string, string> =>
  Object.fromEntries(
    targets.map(({ name, standing, ami, takenFrom }) => {
      const losers = takenFrom ? [`to be taken from ${everyoneOf(takenFrom).join(', ')}`] : [];
      return [name, [standing, ...(ami ? [ami] : []), ...losers].join(' ')];
    }),
  );

const everyoneOf = (audience: Audience): string[] => [
  ...(audience.public ? ['everybody'] : []),
  ...audience.accounts,
  ...audience.organizations,
];

/** @throws ActionableError (2) where the file cannot be written. */
export async function writePlanFile(file: string, cwd: string, reviewed: ReviewedPlan): Promise<void> {
  try {
    await writeAtomically(resolve(cwd, file), `${JSON.stringify(reviewed, null, 2)}\n`);
  } catch (error) {
    throw new ActionableError(`--out ${file}: expected a file that can be written, found ${codeOf(error)}`);
  }
}

/** @throws ActionableError (2) where there is no plan in the file. */
export async function readPlanFile(file: string, cwd: string): Promise<ReviewedPlan> {
  const expected = `--plan ${file}: expected a file that "gopackgo plan --out" wrote, found`;
  let plan: Partial<ReviewedPlan> | null;
  try {
    plan = JSON.parse(await readFile(resolve(cwd, file), 'utf8'));
  } catch (error) {
    throw new ActionableError(`${expected} ${whyNoJson(error)}`);
  }
  const whole =
    plan?.format === 1 &&
    Array.isArray(plan.targets) &&
    Array.isArray(plan.selected) &&
    isObject(plan.standings);
  if (!whole)
    throw new ActionableError(`${expected} something else. Make one: gopackgo plan PUB --out ${file}`);
  return plan as ReviewedPlan;
}

/** @throws ActionableError (4) that names all that changed since the plan was read, and the command that makes a new one. */
export function refuseChanges(
  file: string,
  reviewed: ReviewedPlan,
  plan: Plan,
  planned: Planned,
  args: ReleaseArguments,
): void {
  const changes = changesSince(reviewed, plan, standingsOf(planned));
  if (changes.length === 0) return;
  throw new ActionableError(
    `Nothing was made: since ${file} was written, the config or the world has changed.\n` +
      `${changes.map((change) => `  ${change}\n`).join('')}Read a new plan: ${planAgain(args, reviewed, file)}`,
    exitStatus.refused,
  );
}

/** Of the patterns that a selection was made with the plan holds only what they left. */
function planAgain(args: ReleaseArguments, { targets, selected }: ReviewedPlan, file: string): string {
  const mixed = targets.some(({ acceptsAnyRecipe }) => acceptsAnyRecipe) ? ' --accept-mixed' : '';
  const chosen = targets.every(({ name }) => selected.includes(name)) ? '' : ', and what chose its targets';
  return `gopackgo plan ${args.publication}${whereOptions(args)}${mixed} --out ${file}${chosen}`;
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);
