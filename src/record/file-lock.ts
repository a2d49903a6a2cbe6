import { randomUUID } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Owner, stateOfOwner } from '../lib/owner.ts';
import type { Disk } from './disk.ts';

/** Who writes, and what it waits by. */
export interface Writer extends Owner {
  isRunning(pid: number): boolean;
  /** Milliseconds since 1970. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

/** The one who may change the file now, and the part file that is to take its place. */
export interface FileLock {
  part: string;
  handle: FileHandle;
}

/** A change takes milliseconds. */
const waitLimit = 60_000;
/** The part file of a process that nobody here can see, on another host or in another container. */
const abandonedAfter = 10 * 60_000;

/** Part files of this process that are in use: its process id may have been somebody else's before. */
const inUse = new Set<string>();

/**
 * Waits until nobody else changes the file: at most a minute. A part file, `ami_ids.json.<uuid>.<host>.<pid>.part`,
 * says who wants to; whoever sees only its own has its turn. Of two that see each other, the one whose name comes later
 * steps back. Two cannot both see nobody: the later one to look was made after the other's file.
 *
 * Part files of dead processes are removed. One that was removed by mistake does no harm: its owner cannot rename it.
 */
export async function acquireFileLock(file: string, writer: Writer, disk: Disk): Promise<FileLock> {
  const until = writer.now() + waitLimit;
  for (;;) {
    const name = [basename(file), randomUUID(), encodeURIComponent(writer.host), writer.pid, 'part'].join(
      '.',
    );
    const part = join(dirname(file), name);
    inUse.add(name);
    const handle = await disk.open(part, 'wx', 0o644).catch((error) => {
      inUse.delete(name);
      throw error;
    });
    const lock = { part, handle };
    try {
      for (;;) {
        const others = await partFiles(file, name, writer, disk);
        if (others.length === 0) return lock;
        if (writer.now() > until) throw tooLong(others);
        if (others.some((other) => other < name)) break;
        await writer.sleep(5);
      }
    } catch (error) {
      await releaseFileLock(lock, disk);
      throw error;
    }
    await releaseFileLock(lock, disk);
    await writer.sleep(5 + Math.random() * 45);
  }
}

/** Ends a turn, whether or not the part file has taken the file's place. What it cannot remove, the next writer does. */
export async function releaseFileLock({ part, handle }: FileLock, disk: Disk): Promise<void> {
  await handle.close().catch(() => undefined);
  await disk.rm(part, { force: true }).catch(() => undefined);
  inUse.delete(basename(part));
}

/** Removes what dead writers left beside the file. */
export async function removeAbandoned(file: string, writer: Writer, disk: Disk): Promise<void> {
  await partFiles(file, '', writer, disk);
}

/** The part files of living writers other than our own; those of dead ones are removed. */
async function partFiles(file: string, own: string, writer: Writer, disk: Disk): Promise<string[]> {
  const living: string[] = [];
  for (const name of await disk.readdir(dirname(file))) {
    const owner = name === own ? undefined : ownerOf(file, name);
    if (owner === undefined) continue;
    const part = join(dirname(file), name);
    if (await isAbandoned(part, owner, writer, disk)) await disk.rm(part, { force: true });
    else living.push(name);
  }
  return living;
}

/** Its host as the name has it, encoded. */
function ownerOf(file: string, name: string): Owner | undefined {
  const prefix = `${basename(file)}.`;
  if (!name.startsWith(prefix)) return undefined;
  const [, host, pid] = /^[0-9a-f-]{36}\.(.*)\.(\d+)\.part$/.exec(name.slice(prefix.length)) ?? [];
  return host === undefined ? undefined : { host, pid: Number(pid) };
}

async function isAbandoned(part: string, owner: Owner, writer: Writer, disk: Disk) {
  const state = stateOfOwner(owner, { ...writer, host: encodeURIComponent(writer.host) });
  if (state === 'itself') return !inUse.has(basename(part));
  if (state === 'gone') return true;
  const made = await disk.lstat(part).catch(() => undefined);
  return made === undefined || made.mtimeMs < writer.now() - abandonedAfter;
}

const tooLong = (others: readonly string[]) =>
  new Error(
    `others have been changing it for ${waitLimit / 1000} s: ${others.join(', ')}. If there are no such processes, delete these files`,
  );
