import { errorCode } from '../lib/error-code.ts';
import { printable } from '../lib/printable.ts';
import { runWithLimit } from '../lib/run-with-limit.ts';

/** Where git runs, and as whom. */
export interface GitPlace {
  /** Absolute. */
  folder: string;
  /** The user's environment; git gets the part in `environmentForGit`. */
  environment: NodeJS.ProcessEnv;
}

export type GitAnswer = { exit: number; output: string } | { why: string };

/** Milliseconds: for local commands, which may read a large tree, and for commands that contact a remote. */
const limits = { here: 60_000, remote: 60_000 };

/** Git's variables for the committer and for reaching a remote; all others could lead to another repository. */
const keptOfGit = /^GIT_(?:AUTHOR|COMMITTER)_(?:NAME|EMAIL)$|^GIT_SSH(?:_COMMAND|_VARIANT)?$|^GIT_SSL_\w+$/;

/**
 * The environment of git: the user's, since there are many sources of credentials for remotes, but without AWS's credentials,
 * without variables that lead git elsewhere (a hook sets `GIT_DIR`), and without anything that asks a person.
 */
export const environmentForGit = (environment: NodeJS.ProcessEnv): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !isDropped(entry[0]),
    ),
  ),
  LC_ALL: 'C',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: '',
  SSH_ASKPASS: '',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_PAGER: 'cat',
});

const isDropped = (name: string): boolean =>
  (name.startsWith('GIT_') && !keptOfGit.test(name)) ||
  /^AWS_(?:ACCESS|SECRET|SESSION|SECURITY|CONTAINER_AUTHORIZATION)_?\w*$/.test(name) ||
  name === 'DISPLAY';

/** Runs git without a terminal to ask on. If git cannot be run, that is an answer, too. */
export async function git(
  { folder, environment }: GitPlace,
  args: string[],
  asks: keyof typeof limits = 'here',
): Promise<GitAnswer> {
  const own = ['-c', 'core.fsmonitor=false', '-c', 'core.quotePath=true'];
  try {
    const run = await runWithLimit('git', [...own, ...args], {
      limitMs: limits[asks],
      environment: environmentForGit(environment),
      folder,
    });
    if (run.timedOut) return { why: `git ${args[0]} still running after ${limits[asks] / 1000} s` };
    return run.exit === null
      ? { why: `git ${args[0]} killed by a signal` }
      : { exit: run.exit, output: run.output };
  } catch (error) {
    return {
      why:
        errorCode(error) === 'ENOENT'
          ? 'no git on PATH'
          : `git, which cannot be started (${errorCode(error)})`,
    };
  }
}

/** Git's error message on one line, without anything that looks like a credential. Pure. */
export function saidBy({ exit, output }: { exit: number; output: string }): string {
  const lines = output.split('\n').filter((line) => /^(?:fatal|error|remote|ssh): /.test(line));
  const [line] = lines.length > 0 ? lines : output.trim().split('\n');
  return printable((line ?? '').replace(/^(?:fatal|error): /, '')).slice(0, 200) || `exit status ${exit}`;
}

/** The full commit id in an answer; undefined if there is none. Pure. */
export const commitIn = (output: string): string | undefined =>
  /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/m.exec(output)?.[0];
