import { join } from 'node:path';
import { runWithLimit } from '../lib/run-with-limit.ts';
import { attemptFiles } from './attempts.ts';

/** A shared lock cannot be had while Packer has its own; 0 only where it can. */
const isFree = ['command -v flock >/dev/null 2>&1 || exit 2', 'exec 9<"$1"', 'flock -s -n 9'].join('\n');

/**
 * Whether the Packer of an attempt, and every process that it started, has ended, in whatever container of this machine it ran.
 * False where that cannot be told: it runs, it took no lock, or there is no flock(1). Only for attempts of the kernel that is
 * running: other machines may share the folder, and not the lock.
 *
 * @param folder the attempt's own.
 */
export async function hasLetGo(folder: string): Promise<boolean> {
  const args = ['-c', isFree, 'is-free', join(folder, attemptFiles.lock)];
  const run = await runWithLimit('/bin/sh', args, { limitMs: 10_000 }).catch(() => undefined);
  return run?.exit === 0;
}
