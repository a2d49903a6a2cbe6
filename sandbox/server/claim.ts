import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SandboxError } from './sandbox-error.ts';

/** The right to write to a state folder, held by one process at a time. */
export interface Claim {
  release(): void;
}

interface Owner {
  pid: number;
  /** The process's start time, in the kernel's format; empty if the kernel does not report it. */
  started: string;
  /** Distinguishes two claims of one process. */
  claim: string;
}

/**
 * Claims a state folder (`owner.json`). Takes over the claim of a process that has ended; throws `SandboxError` for that of a
 * running one.
 */
export function claimFolder(folder: string): Claim {
  const file = join(folder, 'owner.json');
  const mine: Owner = { pid: process.pid, started: startOf(process.pid) ?? '', claim: randomUUID() };
  for (let attempt = 0; attempt < 5; attempt += 1) {
    if (tryToClaim(file, mine)) {
      return {
        release() {
          if (readOwner(file)?.claim === mine.claim) rmSync(file, { force: true });
        },
      };
    }
    const owner = readOwner(file);
    if (owner !== undefined && isAlive(owner))
      throw new SandboxError(occupied(folder, owner, file), 'in use');
    setAside(file, owner);
  }
  throw new SandboxError(
    `${folder}: several sandboxes are starting in this state folder at the same time. Start one first; the others can then join it.`,
    'in use',
  );
}

const occupied = (folder: string, owner: Owner, file: string): string =>
  `${folder}: a sandbox is already running in this state folder (process ${owner.pid}). ` +
  `Join it, stop it, or use another folder. If process ${owner.pid} is not a sandbox, remove ${file}.`;

/** A link appears together with its content, unlike a file that is opened and then written. */
function tryToClaim(file: string, owner: Owner): boolean {
  const unfinished = `${file}.${owner.claim}`;
  writeFileSync(unfinished, JSON.stringify(owner), { mode: 0o600 });
  try {
    linkSync(unfinished, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/** Removes a dead claim. If another process was quicker, its new claim is restored. */
function setAside(file: string, dead: Owner | undefined): void {
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
    if (readOwner(aside)?.claim !== dead?.claim) linkSync(aside, file);
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function readOwner(file: string): Owner | undefined {
  try {
    const { pid, started, claim } = JSON.parse(readFileSync(file, 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? { pid, started, claim } : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(owner: Owner): boolean {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return startOf(owner.pid) === owner.started || owner.started === '';
}

/**
 * Linux: the start time of a process in clock ticks since boot, so that a reused process id is not mistaken for the old
 * process; undefined for one that has ended and waits for its parent. Fields 3 and 22 of /proc/PID/stat, see proc(5).
 */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
