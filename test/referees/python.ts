import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { RefereesEnvironment } from './environment.ts';

export interface PythonRun {
  status: number;
  stdout: string;
  stderr: string;
}

/** Runs Python with only `variables` in its environment: no credentials, no proxy, no user configuration. */
export const python = (
  { python: program, folder }: RefereesEnvironment,
  words: string[],
  variables: Record<string, string> = {},
  { cwd = folder, limit = 240_000 }: { cwd?: string; limit?: number } = {},
): Promise<PythonRun> =>
  new Promise((resolve) => {
    const env = {
      PATH: '/usr/bin:/bin',
      HOME: cwd,
      PYTHONNOUSERSITE: '1',
      PYTHONUTF8: '1',
      PYTHONDONTWRITEBYTECODE: '1',
      ...variables,
    };
    const options = { cwd, env, timeout: limit, maxBuffer: 256 * 1024 * 1024 };
    const child = execFile(program, words, options, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ status, stdout, stderr: error?.killed ? `${stderr}\nstopped after ${limit} ms` : stderr });
    });
    child.stdin?.end();
  });

/** The JSON output of a script beside this file. Throws with its stderr if its exit status is not 0. */
export const answerOfScript = async <T>(
  environment: RefereesEnvironment,
  [script = '', ...words]: string[],
  variables: Record<string, string> = {},
): Promise<T> => {
  const run = await python(environment, [join(import.meta.dirname, script), ...words], variables);
  if (run.status !== 0) throw new Error(`${script} ended with ${run.status}:\n${run.stderr.slice(-8000)}`);
  return JSON.parse(run.stdout) as T;
};
