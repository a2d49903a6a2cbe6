import { resolve } from 'node:path';
import { errorCode } from '../lib/error-code.ts';
import { hideSecrets } from '../lib/hide-secrets.ts';
import { printable } from '../lib/printable.ts';
import { runWithLimit } from '../lib/run-with-limit.ts';

/** How long a command may run, in milliseconds. After that it is killed, with all processes that it started. */
export const commandLimit = 60_000;

/**
 * Runs a command of the config, without a shell, with a body on its stdin.
 *
 * @param folder absolute; its working folder, where its relative paths start.
 * @returns why it failed; undefined if it exited with 0.
 */
export async function runCommandOf(
  [program = '', ...args]: readonly string[],
  body: string,
  {
    folder,
    environment,
    secrets,
  }: { folder: string; environment: NodeJS.ProcessEnv; secrets: readonly string[] },
): Promise<string | undefined> {
  const path = program.includes('/') ? resolve(folder, program) : program;
  try {
    const run = await runWithLimit(path, args, {
      limitMs: commandLimit,
      environment,
      folder,
      input: `${body}\n`,
    });
    if (run.timedOut) return `it was killed after ${commandLimit / 1000} s`;
    if (run.exit === 0) return undefined;
    const last = printable(hideSecrets(run.output.trim().split('\n').at(-1) ?? '', secrets)).slice(0, 300);
    const ended = run.exit === null ? 'it was killed by a signal' : `exit status ${run.exit}`;
    return last === '' ? ended : `${ended}: ${last}`;
  } catch (error) {
    return `it could not be started (${errorCode(error) ?? 'unknown error'})`;
  }
}
