import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs `task` while no other process runs one with the same lock file, which holds its owner's process id. The lock of
 * a dead process is taken over. Throws if another one holds it longer than `limit` milliseconds.
 */
export const exclusively = async (lock: string, limit: number, task: () => Promise<void>): Promise<void> => {
  const end = Date.now() + limit;
  while (!take(lock)) {
    if (!isAlive(ownerOf(lock))) rmSync(lock, { force: true });
    else if (Date.now() > end) throw new Error(`${lock}: process ${ownerOf(lock)} has held it for too long.`);
    else await sleep(500);
  }
  try {
    await task();
  } finally {
    rmSync(lock, { force: true });
  }
};

/** A link appears with its content, so that no other process reads a lock without an owner. */
const take = (lock: string): boolean => {
  const mine = `${lock}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    linkSync(mine, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(mine, { force: true });
  }
};

const ownerOf = (lock: string): number => {
  try {
    return Number(readFileSync(lock, 'utf8'));
  } catch {
    return 0;
  }
};

const isAlive = (pid: number): boolean => {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};
