import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ActionableError } from '../lib/actionable-error.ts';

/** The content of a file of JSON that an option names. Throws `ActionableError` for one that cannot be read. */
export async function jsonFile(option: string, file: string, cwd: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(resolve(cwd, file), 'utf8'));
  } catch (error) {
    throw new ActionableError(
      `${option} ${file}: expected a file of JSON (docs/sandbox.md), found ${whyNoJson(error)}`,
    );
  }
}

/** What was found in place of a file of JSON, from what reading and parsing it threw. Pure. */
export function whyNoJson(error: unknown): string {
  if (error instanceof SyntaxError) return `text that is no JSON (${error.message})`;
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return code === 'ENOENT' ? 'no such file' : code;
}
