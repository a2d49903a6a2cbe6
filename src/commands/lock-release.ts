import { join } from 'node:path';
import { processExists } from '../lib/process-exists.ts';
import { lockRelease, type ReleaseLock } from '../lib/release-lock.ts';
import type { Host } from './host.ts';

/**
 * Locks a release for this process: a release is not published while its AMIs are being deleted, nor twice at a time.
 *
 * @param folder the release's own.
 * @throws ActionableError (4) where another process holds the lock.
 */
export const lockReleaseFolder = (
  folder: string,
  release: string,
  { pid, name }: Host,
): Promise<ReleaseLock> =>
  lockRelease(
    join(folder, 'lock'),
    release,
    { pid, host: name, startedAt: new Date().toISOString() },
    processExists,
  );
