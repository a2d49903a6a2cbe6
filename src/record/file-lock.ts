import { randomUUID } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Owner, stateOfOwner } from '../lib/owner.ts';
import type { Disk } from './disk.ts';

/** The writing process, and its clock. */
export interface Writer extends Owner {
  isRunning(pid: number): boolean;
  /** Milliseconds since 1970. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

/** The lock on a file: the open part file that will replace it. */
export interface FileLock {
  part: string;
  handle: FileHandle;
}

/** A change takes milliseconds. */
const waitLimit = 60_000;
/** For the part file of a process on another host or in another container, which cannot be checked. */
const abandonedAfter = 10 * 60_000;

/** Part files of this process that are in use: others may be from an earlier process with the same id. */
const inUse = new Set<string>();

/**
 * Waits until no other process holds the lock, for at most a minute. Each process that wants it makes a part file,
 * `ami_ids.json.<uuid>.<host>.<pid>.part`; the one that sees no other part file holds the lock. Of two that see each other, the
 * one whose name sorts later backs off. Two cannot both see no other: the later one lists after the other's file was made.
 *
 * Part files of dead processes are removed. Removing one by mistake does no harm: its owner cannot rename it.
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

/** Releases the lock, whether or not the part file has replaced the file. The next writer removes what this cannot. */
export async function releaseFileLock({ part, handle }: FileLock, disk: Disk): Promise<void> {
  await handle.close().catch(() => undefined);
  await disk.rm(part, { force: true }).catch(() => undefined);
  inUse.delete(basename(part));
}

/** Removes the part files of dead writers. */
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

/** With the host encoded, as in the name. */
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
    `other processes have locked it for ${waitLimit / 1000} s: ${others.join(', ')}. If no such process exists, delete these files`,
  );
