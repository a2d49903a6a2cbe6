import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';

/**
 * When a process started, in digits that can only be compared: a later process with the same id has another start. On Linux
 * clock ticks since the boot (field 22 of /proc/PID/stat, proc_pid_stat(5)), elsewhere seconds since 1970, from `ps`. Undefined
 * if unknown.
 */
export function processStart(pid: number, platform = process.platform): string | undefined {
  try {
    return platform === 'linux' ? fromProc(pid) : fromPs(pid);
  } catch {
    return undefined;
  }
}

/** The name, second, may contain spaces and brackets. A /proc of another PID namespace shows other processes. */
function fromProc(pid: number): string | undefined {
  if (readlinkSync('/proc/self') !== String(process.pid)) return undefined;
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
}

function fromPs(pid: number): string | undefined {
  const said = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    timeout: 5_000,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' },
  });
  const started = Date.parse(`${said.trim()} UTC`);
  return Number.isNaN(started) ? undefined : String(started / 1000);
}
