import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Planned } from '../events.ts';
import { ActionableError, exitStatus } from '../lib/actionable-error.ts';
import { writeAtomically } from '../lib/write-atomically.ts';
import type { Plan } from '../plan/plan.ts';
import { changesSince, type ReviewedPlan } from '../plan/reviewed-plan.ts';

/** What stands for each target, in a form that can be compared later. Pure. */
export const standingsOf = ({ targets }: Planned): Record<string, string> =>
  Object.fromEntries(targets.map(({ name, standing, ami }) => [name, ami ? `${standing} ${ami}` : standing]));

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
    throw new ActionableError(`${expected} ${error instanceof SyntaxError ? error.message : codeOf(error)}`);
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

/** @throws ActionableError (4) that names all that changed since the plan was read. */
export function refuseChanges(file: string, reviewed: ReviewedPlan, plan: Plan, planned: Planned): void {
  const changes = changesSince(reviewed, plan, standingsOf(planned));
  if (changes.length === 0) return;
  throw new ActionableError(
    `Nothing was made: since ${file} was written, the config or the world has changed.\n` +
      `${changes.map((change) => `  ${change}\n`).join('')}Read a new plan: gopackgo plan ${plan.publication} --out ${file}`,
    exitStatus.refused,
  );
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);
