import fs from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ActionableError } from './actionable-error.ts';
import { errorCode } from './error-code.ts';
import {
  acquireFileLock,
  type Claimant,
  type FileLock,
  isFileLocked,
  LockHeld,
  ownerOf,
  silenceLimit,
} from './file-lock.ts';
import { isSameMachine } from './machine-name.ts';
import { makeOwnFolder, readOwnFile } from './own-files.ts';
import { type Observer, type Owner, stateOfOwner } from './owner.ts';

/** The holder's text in a lock, for the message to others. */
export interface Holder extends Owner {
  /** `publish`; absent in locks of earlier versions. */
  command?: string;
  /** ISO 8601. */
  startedAt: string;
}

/** A release, and the command that works on it. */
export interface LockedFor {
  release: string;
  command: string;
  /** Reports that the lock's owner, on another machine, is watched for a sign of life, and for how many seconds at most. */
  onWatched?(owner: Owner, seconds: number): void;
}

/**
 * Allows one command at a time to change a release from this folder, on all machines and containers that share it. The lock of
 * a dead process is taken over: one of this machine without its process at once, any other one after `silenceLimit` seconds
 * without a sign of life. Without a shared folder, others' builders are detected by their tags, not by this lock.
 *
 * @param file its part files are the lock.
 * @throws ActionableError (4) if another process holds it.
 */
export async function lockRelease(
  file: string,
  { release, command, onWatched }: LockedFor,
  claimant: Claimant,
): Promise<FileLock> {
  makeOwnFolder(dirname(file));
  await refuseEarlierLock(file, release, claimant);
  const { host, pid } = claimant;
  const holder: Holder = { command, host, pid, startedAt: new Date(claimant.now()).toISOString() };
  try {
    return await acquireFileLock(file, claimant, fs, {
      text: `${JSON.stringify(holder)}\n`,
      onWatched: (owner) => onWatched?.(owner, silenceLimit),
    });
  } catch (error) {
    if (error instanceof LockHeld) throw await held(release, file, error, claimant);
    throw error;
  }
}

/** Whether a running process holds the lock. A lock that cannot be read counts as held. */
export async function isLocked(file: string, here: Omit<Claimant, 'pid'>): Promise<boolean> {
  const earlier = await earlierHolder(file);
  if (earlier === 'unreadable' || (earlier && stateOfOwner(earlier, here) !== 'gone')) return true;
  return isFileLocked(file, here, fs);
}

/** The locks that were taken over, for people; undefined if there are none. */
export function describeTakeOver(release: string, { takenOver }: FileLock): string | undefined {
  const [first] = takenOver;
  return (
    first &&
    `${release}: the lock of process ${first.pid} on ${first.host} was taken over: that process has shown no sign of life for ${silenceLimit} s. ` +
      'If it wakes up, it will see that, and change nothing more.'
  );
}

async function held(
  release: string,
  file: string,
  { parts }: LockHeld,
  claimant: Claimant,
): Promise<ActionableError> {
  const [part = ''] = parts;
  const path = join(dirname(file), part);
  const text = await readOwnFile(path).catch(() => '');
  const { command, startedAt } = parseHolder(text) ?? {};
  const { host = 'an unknown machine', pid = 0 } = ownerOf(basename(file), part) ?? {};
  const by = command === undefined ? 'a gopackgo process that is starting' : `"gopackgo ${command}"`;
  const since = startedAt === undefined ? '' : `, since ${startedAt}`;
  const later = isSameMachine(host, claimant.host)
    ? ''
    : ` Once it has shown no sign of life for ${silenceLimit} s, the same command takes the lock over.`;
  return new ActionableError('release-locked', {
    place: release,
    expected: 'no other command working on it',
    found: `${by}: process ${pid} on ${host}${since}`,
    advice: `Wait for it, or stop it.${later}`,
  });
}

/** Earlier versions of gopackgo kept the lock in the file itself, without a heartbeat. */
async function refuseEarlierLock(file: string, release: string, here: Observer): Promise<void> {
  const holder = await earlierHolder(file);
  if (holder === undefined) return;
  if (holder !== 'unreadable' && ['alive', 'unseen'].includes(stateOfOwner(holder, here))) {
    throw new ActionableError('release-locked', {
      place: release,
      expected: 'no other command working on it',
      found: `process ${holder.pid} on ${holder.host} since ${holder.startedAt}, of an earlier version of gopackgo`,
      advice: `Wait for it, or stop it. If no such process exists, delete ${file}.`,
    });
  }
  await fs.rm(file, { force: true });
}

async function earlierHolder(file: string): Promise<Holder | 'unreadable' | undefined> {
  const text = await readOwnFile(file).catch((error) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    return '';
  });
  return text === undefined ? undefined : (parseHolder(text) ?? 'unreadable');
}

function parseHolder(text: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'pid' in value ? (value as Holder) : undefined;
  } catch {
    return undefined;
  }
}
