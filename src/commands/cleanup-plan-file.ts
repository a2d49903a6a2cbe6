import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { changesSince } from '../cleanup/plan.ts';
import type { CleanupPlan } from '../events.ts';
import { ActionableError, exitStatus } from '../lib/actionable-error.ts';
import { writeAtomically } from '../lib/write-atomically.ts';
import { whyNoJson } from './json-file.ts';

/** @throws ActionableError (2) where the file cannot be written. */
export async function writeCleanupPlan(file: string, cwd: string, plan: CleanupPlan): Promise<void> {
  try {
    await writeAtomically(resolve(cwd, file), `${JSON.stringify(plan, null, 2)}\n`);
  } catch (error) {
    throw new ActionableError(`--out ${file}: expected a file that can be written, found ${codeOf(error)}`);
  }
}

/** @throws ActionableError (2) where there is no plan of a cleanup in the file. */
export async function readCleanupPlan(file: string, cwd: string): Promise<CleanupPlan> {
  const expected = `--plan ${file}: expected a file that "gopackgo cleanup --out" wrote, found`;
  let plan: Partial<CleanupPlan> | null;
  try {
    plan = JSON.parse(await readFile(resolve(cwd, file), 'utf8'));
  } catch (error) {
    throw new ActionableError(`${expected} ${whyNoJson(error)}`);
  }
  const lists = [plan?.amis, plan?.leftovers, plan?.unseen, plan?.regions, plan?.asked?.only];
  const whole = plan?.format === 1 && lists.every(Array.isArray) && typeof plan.publication === 'string';
  if (!whole) {
    throw new ActionableError(`${expected} something else. Make one: gopackgo cleanup … --out ${file}`);
  }
  return plan as CleanupPlan;
}

/** @throws ActionableError (4) that names all that changed since the plan was read. */
export function refuseCleanupChanges(file: string, reviewed: CleanupPlan, now: CleanupPlan): void {
  const changes = changesSince(reviewed, now);
  if (changes.length === 0) return;
  throw new ActionableError(
    `Nothing was deleted: since ${file} was written, the world has changed.\n` +
      `${changes.map((change) => `  ${change}\n`).join('')}Make a new plan (--out ${file}) and read it.`,
    exitStatus.refused,
  );
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);
