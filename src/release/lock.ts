import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ActionableError, exitStatus } from '../lib/actionable-error.ts';

/** Who holds a lock. */
interface Holder {
  pid: number;
  host: string;
  startedAt: string;
}

export interface Lock {
  release(): Promise<void>;
}

const tries = 5;

/**
 * One publish of a release at a time on this machine. The lock of a process that is gone is taken over. Another
 * host's builders are seen by their tags, not by this.
 *
 * @throws ActionableError (4) where a living process has it.
 */
export async function lock(
  file: string,
  release: string,
  me: Holder,
  isRunning: (pid: number) => boolean,
): Promise<Lock> {
  await mkdir(dirname(file), { recursive: true });
  const mine = `${file}.${randomUUID()}`;
  const text = `${JSON.stringify(me)}\n`;
  try {
    await writeFile(mine, text);
    for (let attempt = 0; attempt < tries; attempt++) {
      if (await linked(mine, file)) {
        return {
          async release() {
            if ((await readFile(file, 'utf8').catch(() => '')) === text) await rm(file, { force: true });
          },
        };
      }
      const holder = await read(file);
      if (holder && isHeld(holder, me, isRunning)) throw held(release, holder, file);
      // Renamed, not deleted: of two that find a dead lock, only one gets it out of the way.
      await rename(file, `${mine}.dead`).catch(() => undefined);
      await rm(`${mine}.dead`, { force: true });
    }
  } finally {
    await rm(mine, { force: true });
  }
  throw new ActionableError(`${file}: others take this lock all the time. Try again.`, exitStatus.refused);
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

async function read(file: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

const isHeld = (holder: Holder, me: Holder, isRunning: (pid: number) => boolean) =>
  holder.host !== me.host || (holder.pid !== me.pid && isRunning(holder.pid));

function held(release: string, holder: Holder, file: string): ActionableError {
  return new ActionableError(
    `${release} is being published by process ${holder.pid} on ${holder.host} since ${holder.startedAt}. ` +
      `Wait for it, or stop it. If there is no such process, delete ${file}.`,
    exitStatus.refused,
  );
}
