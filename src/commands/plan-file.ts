import { ActionableError } from '../lib/actionable-error.ts';
import { foundInPlaceOf, readJsonFile, writeJsonFile } from './json-file.ts';

/** A kind of plan that one command writes (`--out`) and another applies (`--plan`) after a review. */
export interface PlanKind<Plan> {
  /** The command that writes it, as messages quote it: `gopackgo plan --out`. */
  writtenBy: string;
  /** Whether it has all the parts that are read before it is compared with a new one. */
  isPlan(value: unknown): value is Plan;
}

/** @throws ActionableError (2) if the file cannot be written. */
export async function writePlanFile<Plan>(file: string, cwd: string, plan: Plan): Promise<void> {
  await writeJsonFile('--out', file, cwd, plan);
}

/**
 * @param again the command that writes a new plan, for the message.
 * @throws ActionableError (2) if the file contains no plan of this kind.
 */
export async function readPlanFile<Plan>(
  file: string,
  cwd: string,
  { writtenBy, isPlan }: PlanKind<Plan>,
  again: string,
): Promise<Plan> {
  const expected = `a file that "${writtenBy}" wrote`;
  const plan = await readJsonFile('--plan', file, cwd, expected, 'plan-file-invalid');
  if (isPlan(plan)) return plan;
  throw new ActionableError('plan-file-invalid', {
    place: `--plan ${file}`,
    expected,
    found: foundInPlaceOf(2, plan),
    advice: `Make one: ${again}`,
  });
}

/**
 * Refuses a plan that is no longer valid.
 *
 * @param changes the differences from the reviewed plan, one line each; empty if it is still valid.
 * @param nothing what was not done, and why.
 * @param todo how to make a new plan.
 * @throws ActionableError (4) that names every change.
 */
export function refuseChangedPlan(
  changes: readonly string[],
  { nothing, todo }: { nothing: string; todo: string },
): void {
  if (changes.length === 0) return;
  throw new ActionableError(
    'plan-changed',
    `${nothing}\n${changes.map((change) => `  ${change}\n`).join('')}${todo}`,
  );
}
