import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ActionableError } from '../lib/actionable-error.ts';

/** The content of a file of JSON that an option names. Throws `ActionableError` for one that cannot be read. */
export async function jsonFile(option: string, file: string, cwd: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(resolve(cwd, file), 'utf8'));
  } catch (error) {
    const why = error instanceof SyntaxError ? error.message : `${(error as NodeJS.ErrnoException).code}`;
    throw new ActionableError(`${option} ${file}: expected a file of JSON (docs/sandbox.md), found ${why}`);
  }
}
