import { diffCleanupPlans } from '../cleanup/plan.ts';
import { ActionableError, exitStatus } from '../lib/actionable-error.ts';
import type { CleanupPlan } from '../model/events.ts';
import { foundInPlaceOf, readJsonFile, writeJsonFile } from './json-file.ts';

/** @throws ActionableError (2) where the file cannot be written. */
export const writeCleanupPlan = (file: string, cwd: string, plan: CleanupPlan): Promise<void> =>
  writeJsonFile('--out', file, cwd, plan);

/** @throws ActionableError (2) where there is no plan of a cleanup in the file. */
export async function readCleanupPlan(file: string, cwd: string): Promise<CleanupPlan> {
  const expected = 'a file that "gopackgo cleanup --out" wrote';
  const plan = (await readJsonFile('--plan', file, cwd, expected)) as Partial<CleanupPlan> | null;
  const lists = [plan?.amis, plan?.leftovers, plan?.unseen, plan?.regions, plan?.asked?.only];
  const whole = plan?.format === 2 && lists.every(Array.isArray) && typeof plan.publication === 'string';
  if (!whole) {
    throw new ActionableError(
      `--plan ${file}: expected ${expected}, found ${foundInPlaceOf(2, plan)}. Make one: gopackgo cleanup … --out ${file}`,
    );
  }
  return plan as CleanupPlan;
}

/** @throws ActionableError (4) that names all that changed since the plan was read. */
export function refuseCleanupChanges(file: string, reviewed: CleanupPlan, now: CleanupPlan): void {
  const changes = diffCleanupPlans(reviewed, now);
  if (changes.length === 0) return;
  throw new ActionableError(
    `Nothing was deleted: since ${file} was written, the world has changed.\n` +
      `${changes.map((change) => `  ${change}\n`).join('')}Make a new plan (--out ${file}) and read it.`,
    exitStatus.refused,
  );
}
