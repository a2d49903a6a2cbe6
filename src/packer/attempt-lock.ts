import { join } from 'node:path';
import { runWithLimit } from '../lib/run-with-limit.ts';
import { attemptFiles } from './attempts.ts';

/** A shared lock is refused while Packer holds its own; 0 only if it is granted. */
const isFree = ['command -v flock >/dev/null 2>&1 || exit 2', 'exec 9<"$1"', 'flock -s -n 9'].join('\n');

/**
 * Whether the Packer of an attempt, and every process that it started, has ended, in any container of this machine. False if
 * that is unknown: it still runs, it took no lock, or there is no flock(1). Only for attempts of the running kernel: other
 * machines may share the folder, but not the lock.
 *
 * @param folder the attempt's own.
 */
export async function hasLetGo(folder: string): Promise<boolean> {
  const args = ['-c', isFree, 'is-free', join(folder, attemptFiles.lock)];
  const run = await runWithLimit('/bin/sh', args, { limitMs: 10_000 }).catch(() => undefined);
  return run?.exit === 0;
}
