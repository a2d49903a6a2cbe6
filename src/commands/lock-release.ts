import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Claimant, FileLock } from '../lib/file-lock.ts';
import { processExists } from '../lib/process-exists.ts';
import { processStart } from '../lib/process-start.ts';
import { lockRelease } from '../lib/release-lock.ts';
import type { Host } from './host.ts';
import { say } from './say.ts';

/** This process as a lock owner, with its view of other processes. */
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

/** The file whose lock is the release's. */
export const lockFile = (folder: string): string => join(folder, 'lock');

/**
 * Locks a release for this process: a release is not published while its AMIs are being deleted, nor twice at a time. If
 * another machine's lock has to be watched, stderr says so.
 *
 * @param folder the release's own.
 * @param command the command that works on it: `publish`.
 * @throws ActionableError (4) if another process holds the lock.
 */
export const lockReleaseFolder = (
  folder: string,
  { release, command }: { release: string; command: string },
  host: Host,
): Promise<FileLock> => lock(lockFile(folder), release, command, host);

/**
 * Locks everything that follows the promoted release of a publication: of two concurrent promotions, one would write the files
 * and the other the parameters.
 *
 * @param folder the publication's own.
 * @throws ActionableError (4) if another process holds the lock.
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
