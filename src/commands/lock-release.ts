import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Claimant, FileLock } from '../lib/file-lock.ts';
import { processExists } from '../lib/process-exists.ts';
import { processStart } from '../lib/process-start.ts';
import { lockRelease } from '../lib/release-lock.ts';
import type { Host } from './host.ts';
import { say } from './say.ts';

/** This process as the owner of locks, and how it sees other processes. */
export function claimantOf({ pid, name }: Pick<Host, 'pid' | 'name'>): Claimant {
  const started = processStart(pid);
  return {
    host: name,
    pid,
    ...(started === undefined ? {} : { started }),
    isRunning: processExists,
    startOf: processStart,
    now: Date.now,
    sleep: (milliseconds) => sleep(milliseconds),
  };
}

/** The file whose lock is that of a release. */
export const lockFile = (folder: string): string => join(folder, 'lock');

/**
 * Locks a release for this process: a release is not published while its AMIs are being deleted, nor twice at a time. Where the
 * lock of a process on another machine has to be watched, that is said on stderr.
 *
 * @param folder the release's own.
 * @param command that works on it: `publish`.
 * @throws ActionableError (4) where another process holds the lock.
 */
export const lockReleaseFolder = (
  folder: string,
  { release, command }: { release: string; command: string },
  host: Host,
): Promise<FileLock> => lock(lockFile(folder), release, command, host);

/**
 * Locks what follows the promoted release of a publication: of two promotions at once, one would write the files and the other one the
 * parameters.
 *
 * @param folder the publication's own.
 * @throws ActionableError (4) where another process holds the lock.
 */
export const lockPromotion = (
  folder: string,
  { publication, command }: { publication: string; command: string },
  host: Host,
): Promise<FileLock> => lock(join(folder, 'promotion'), publication, command, host);

const lock = (file: string, name: string, command: string, host: Host): Promise<FileLock> =>
  lockRelease(
    file,
    {
      release: name,
      command,
      onWatched: ({ pid, host: other }, seconds) =>
        say(
          host.stderr,
          `${name}: process ${pid} on ${other} holds its lock. Waiting up to ${seconds} s for a sign of life from it …`,
        ),
    },
    claimantOf(host),
  );
