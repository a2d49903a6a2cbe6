import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ActionableError } from './actionable-error.ts';
import { errorCode } from './error-code.ts';
import { type Observer, type Owner, stateOfOwner } from './owner.ts';

/** The holder of a lock. */
interface Holder extends Owner {
  startedAt: string;
}

export interface ReleaseLock {
  release(): Promise<void>;
}

const tries = 20;
const betweenTries = 50;

/**
 * Allows one publish of a release at a time on this machine. The lock of a dead process is taken over. Other hosts' builders are
 * detected by their tags, not by this lock.
 *
 * @throws ActionableError (4) where a running process holds it.
 */
export async function lockRelease(
  file: string,
  release: string,
  me: Holder,
  isRunning: (pid: number) => boolean,
): Promise<ReleaseLock> {
  await mkdir(dirname(file), { recursive: true });
  const mine = `${file}.${randomUUID()}`;
  const text = `${JSON.stringify(me)}\n`;
  try {
    await writeFile(mine, text);
    for (let attempt = 0; attempt < tries; attempt++) {
      if (attempt > 0) await sleep(betweenTries);
      if (await linked(mine, file)) return heldAs(file, text);
      const found = await readHolderText(file);
      if (found === undefined) continue;
      const holder = parseHolder(found);
      if (holder && isHeld(holder, me, isRunning)) throw held(release, holder, file);
      if (await tookOver(mine, file, found)) return heldAs(file, text);
    }
  } finally {
    await rm(mine, { force: true });
  }
  throw new ActionableError('release-locked', `${file}: other processes keep taking this lock. Try again.`);
}

/** Whether a running process holds the lock. A lock that cannot be read counts as held. */
export async function isLocked(file: string, here: Observer): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch((error) =>
    errorCode(error) === 'ENOENT' ? undefined : '',
  );
  if (text === undefined) return false;
  const holder = parseHolder(text);
  return holder === undefined || stateOfOwner(holder, here) !== 'gone';
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

const heldAs = (file: string, text: string): ReleaseLock => ({
  async release() {
    if ((await readHolderText(file)) === text) await rm(file, { force: true });
  },
});

/** Milliseconds after which a take-over counts as abandoned by a killed process. */
const turnLimit = 10_000;

/** Replaces a dead process's lock. Only one process at a time may, so that no live lock is replaced. */
async function tookOver(mine: string, file: string, dead: string): Promise<boolean> {
  const turn = `${file}.turn`;
  if (!(await linked(mine, turn))) {
    const { mtimeMs } = await stat(turn).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > turnLimit) await rm(turn, { force: true });
    return false;
  }
  try {
    if ((await readHolderText(file)) !== dead) return false;
    await rename(mine, file);
    return true;
  } finally {
    await rm(turn, { force: true });
  }
}

async function readHolderText(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}

function parseHolder(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return undefined;
  }
}

const isHeld = (holder: Holder, me: Holder, isRunning: (pid: number) => boolean) =>
  ['alive', 'unseen'].includes(stateOfOwner(holder, { ...me, isRunning }));

function held(release: string, holder: Holder, file: string): ActionableError {
  return new ActionableError(
    'release-locked',
    `${release} is being published by process ${holder.pid} on ${holder.host} since ${holder.startedAt}. ` +
      `Wait for it, or stop it. If no such process exists, delete ${file}.`,
  );
}
