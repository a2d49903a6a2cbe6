import { readdir, readFile } from 'node:fs/promises';
import { errorCode } from '../lib/error-code.ts';
import { runWithLimit } from '../lib/run-with-limit.ts';

export interface RunningProcess {
  pid: number;
  /** Its process group. */
  group: number;
  /** Its command line, arguments joined by spaces. */
  command: string;
}

/**
 * The running processes of a group, without zombies, which stay forever in a container without an init process. On Linux from
 * /proc (see proc_pid_stat(5)), elsewhere from `ps`.
 */
export async function processesOfGroup(
  group: number,
  platform = process.platform,
): Promise<RunningProcess[]> {
  return (await allProcesses(platform)).filter((one) => one.group === group);
}

/** All running processes of all users. */
export const allProcesses = (platform = process.platform): Promise<RunningProcess[]> =>
  platform === 'linux' ? fromProc() : fromPs();

async function fromProc(): Promise<RunningProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found: RunningProcess[] = [];
  for (const pid of pids) {
    try {
      const status = parseStat(await readFile(`/proc/${pid}/stat`, 'latin1'));
      if (!status || isGone(status.state)) continue;
      const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim();
      found.push({ pid: Number(pid), group: status.group, command });
    } catch (error) {
      if (!endedMeanwhile(error)) throw error;
    }
  }
  return found;
}

/** `pid (name) state ppid pgrp …`; the name may contain spaces and brackets. */
function parseStat(text: string): { state: string; group: number } | undefined {
  const [state, , group] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return state && group ? { state, group: Number(group) } : undefined;
}

async function fromPs(): Promise<RunningProcess[]> {
  const { exit, output } = await runWithLimit('ps', ['-A', '-ww', '-o', 'pid=,pgid=,stat=,args='], {
    limitMs: 10_000,
  });
  if (exit !== 0) throw new Error(`ps failed (exit ${exit}): ${output.trim()}`);
  return output.split('\n').flatMap((line) => {
    const [, pid, group, state, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    if (!pid || !group || !state || command === undefined || isGone(state)) return [];
    return [{ pid: Number(pid), group: Number(group), command: command.trim() }];
  });
}

const isGone = (state: string) => /^[ZX]/.test(state);

const endedMeanwhile = (error: unknown) => ['ENOENT', 'ESRCH'].includes(errorCode(error) ?? '');
