import { randomUUID } from 'node:crypto';
import type fs from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { definedOnly } from './defined-only.ts';
import { errorCode } from './error-code.ts';
import { type Observer, type Owner, stateOfOwner } from './owner.ts';

/** The file system calls of a lock, passed in so that tests can make any of them fail. */
export type LockDisk = Pick<typeof fs, 'lstat' | 'open' | 'readdir' | 'rm'>;

/** The process that wants a lock, and its clock. */
export interface Claimant extends Observer {
  pid: number;
  /** Milliseconds since 1970. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

/** A held lock on a file: the open part file that represents it, and may replace the file. */
export interface FileLock {
  part: string;
  handle: FileHandle;
  /** Owners whose locks were removed because they showed no sign of life. */
  takenOver: readonly Owner[];
  /** Aborted once the lock is known to be lost. */
  lost: AbortSignal;
  /** Call this before every change that the lock protects. @throws LockLost; the disk's error if that is unknown. */
  check(): Promise<void>;
  /** Works whether or not the part file has replaced the file. The next owner removes anything that this cannot remove. */
  release(): Promise<void>;
}

export interface LockOptions {
  /** The holder's text in its part file. Processes that find it do not wait, since the lock will be held for long. */
  text?: string;
  /** Mode of the part file. Default: 0o600. */
  mode?: number;
  /** Called once for each owner that has to be watched for a sign of life. */
  onWatched?(owner: Owner): void;
}

/** Running processes hold the lock: the names of their part files. */
export class LockHeld extends Error {
  readonly parts: readonly string[];

  constructor(file: string, parts: readonly string[]) {
    super(`${file} is locked by other processes: ${parts.join(', ')}`);
    this.name = 'LockHeld';
    this.parts = parts;
  }
}

/** The lock is lost: another process considered this one dead, or somebody deleted its part file. */
export class LockLost extends Error {
  constructor(part: string) {
    super(`another process has taken over the lock, or deleted ${part}: nothing more is changed`);
    this.name = 'LockLost';
  }
}

/** How often a holder updates the time of its part file, and how often others check it. Milliseconds. */
export const heartbeat = 2_000;
/**
 * After this many checks in a row without a change a holder counts as dead. Checks are counted, not timed: a disk or machine
 * that stalls for minutes also stalls the count. Times are only compared with each other, so the clocks of two hosts may
 * differ.
 */
const looksUntilDead = 10;
/** How long a holder on another machine may be silent before its lock is taken over. Seconds. */
export const silenceLimit = (heartbeat * looksUntilDead) / 1000;

/** A change of a file takes milliseconds. */
export const waitLimit = 60_000;
const longestPause = 1_000;
const longestWait = 250;

/** Part files of this process that are in use; others may come from an earlier process with the same id. */
const inUse = new Set<string>();

/**
 * Waits until no other process holds the lock, for at most a minute. Each process that wants it creates a part file,
 * `ami_ids.json.<uuid>.<host>.<pid>.<started>.part`; the one that sees no other part file holds the lock. Of two that see each
 * other, the one whose name sorts later backs off. They cannot both miss each other: the later one lists the folder after the
 * other's file was created.
 *
 * Part files of dead owners are removed. Removing one by mistake does no harm: its owner cannot rename it, and `check` fails.
 *
 * @throws LockHeld; the error of the disk.
 */
export async function acquireFileLock(
  file: string,
  claimant: Claimant,
  disk: LockDisk,
  options: LockOptions = {},
): Promise<FileLock> {
  const watch = createWatch(claimant, disk, options.onWatched);
  const until = claimant.now() + waitLimit;
  for (let pause = 50; ; pause = Math.min(pause * 2, longestPause)) {
    const claim = await makeClaim(file, claimant, disk, options);
    try {
      for (let wait = 5; ; wait = Math.min(wait * 2, longestWait)) {
        const others = await watch.livingParts(file, claim.name);
        if (others.length === 0) {
          if (!(await exists(claim.part, disk))) break;
          return await heldAs(claim, watch.dead(), options);
        }
        if (options.text !== undefined) await refuseHeld(file, others, disk, watch);
        // An owner that may be dead is watched until that is known: the silence limit is shorter than the wait limit.
        if (claimant.now() > until) throw new LockHeld(file, others);
        if (others.some((other) => other < claim.name)) break;
        await claimant.sleep(wait);
      }
    } catch (error) {
      await claim.drop();
      throw error;
    }
    await claim.drop();
    await claimant.sleep(5 + Math.random() * pause);
  }
}

/** Whether a running process holds or wants the lock. An owner on another machine is watched until that is known. */
export async function isFileLocked(
  file: string,
  claimant: Omit<Claimant, 'pid'>,
  disk: LockDisk,
): Promise<boolean> {
  const watch = createWatch(claimant, disk);
  const until = claimant.now() + waitLimit;
  for (;;) {
    const parts = await watch.livingParts(file, '');
    if (parts.length === 0) return false;
    if (parts.some((part) => watch.isKnownAlive(part)) || claimant.now() > until) return true;
    await claimant.sleep(longestWait);
  }
}

/** Removes the part files of dead owners, as far as that is known at once. */
export async function removeAbandoned(file: string, claimant: Claimant, disk: LockDisk): Promise<void> {
  await createWatch(claimant, disk).livingParts(file, '');
}

/** A part file of this process, with the heartbeat that shows it is alive. */
interface Claim {
  name: string;
  part: string;
  handle: FileHandle;
  lost: AbortSignal;
  check(): Promise<void>;
  drop(): Promise<void>;
}

async function makeClaim(
  file: string,
  { host, pid, started }: Claimant,
  disk: LockDisk,
  { mode = 0o600 }: LockOptions,
): Promise<Claim> {
  const owner = [encodeHost(host), pid, ...(started === undefined ? [] : [started])];
  const name = [basename(file), randomUUID(), ...owner, 'part'].join('.');
  const part = join(dirname(file), name);
  inUse.add(name);
  const handle = await disk.open(part, 'wx', mode).catch((error) => {
    inUse.delete(name);
    throw error;
  });
  const losing = new AbortController();
  const check = async () => {
    if (!losing.signal.aborted && (await exists(part, disk))) return;
    losing.abort();
    throw new LockLost(part);
  };
  const beat = async () => {
    await check();
    const now = new Date();
    await handle.utimes(now, now);
  };
  const beating = setInterval(() => {
    beat().catch(() => undefined);
  }, heartbeat).unref();
  return {
    name,
    part,
    handle,
    lost: losing.signal,
    check,
    async drop() {
      clearInterval(beating);
      await handle.close().catch(() => undefined);
      await disk.rm(part, { force: true }).catch(() => undefined);
      inUse.delete(name);
    },
  };
}

async function heldAs(
  { part, handle, lost, check, drop }: Claim,
  takenOver: readonly Owner[],
  { text }: LockOptions,
): Promise<FileLock> {
  if (text !== undefined) await handle.writeFile(text);
  return { part, handle, takenOver, lost, check, release: drop };
}

/** Opens the file instead of looking it up: over NFS only that asks the server ("close-to-open consistency", nfs(5)). */
async function exists(part: string, disk: LockDisk): Promise<boolean> {
  try {
    await (await disk.open(part, 'r')).close();
    return true;
  } catch (error) {
    const code = errorCode(error) ?? '';
    if (['ENOENT', 'ENOTDIR', 'ESTALE'].includes(code)) return false;
    if (!['EMFILE', 'ENFILE'].includes(code)) throw error;
    return (await disk.lstat(part).catch(() => undefined)) !== undefined;
  }
}

/** @throws LockHeld if a running process has written its text: it holds the lock, and does not just want it. */
async function refuseHeld(
  file: string,
  others: readonly string[],
  disk: LockDisk,
  watch: Watch,
): Promise<void> {
  for (const other of others.filter((one) => watch.isKnownAlive(one))) {
    const size = await disk.lstat(join(dirname(file), other)).then(
      (stat) => stat.size,
      () => 0,
    );
    if (size > 0) throw new LockHeld(file, [other]);
  }
}

/** What a claimant knows about the others. */
interface Watch {
  /** The part files of owners that are not known to be dead, except `own`; removes those of dead owners. */
  livingParts(file: string, own: string): Promise<string[]>;
  /** Whether the owner of a part file is visibly running, or gave a sign of life. */
  isKnownAlive(name: string): boolean;
  /** Owners that gave no sign of life. */
  dead(): readonly Owner[];
}

function createWatch(
  claimant: Omit<Claimant, 'pid'>,
  disk: LockDisk,
  onWatched: (owner: Owner) => void = () => undefined,
): Watch {
  /** By part file: its time when last looked at, and how many looks in a row found the same. */
  const seen = new Map<string, { mark: string; at: number; looks: number; alive: boolean }>();
  const silent: Owner[] = [];

  /** Whether it has given no sign of life for too long. */
  const isSilent = async (part: string, name: string, owner: Owner) => {
    const now = claimant.now();
    const before = seen.get(name);
    if (before && now - before.at < heartbeat) return false;
    const mark = await markOf(part, disk);
    if (mark === undefined) return false;
    if (!before) {
      seen.set(name, { mark, at: now, looks: 0, alive: false });
      onWatched(owner);
      return false;
    }
    const changed = mark !== before.mark;
    const looks = changed ? 0 : before.looks + 1;
    seen.set(name, { mark, at: now, looks, alive: changed || (before.alive && looks < looksUntilDead) });
    if (looks < looksUntilDead) return false;
    silent.push(owner);
    return true;
  };

  const isDead = async (part: string, name: string, owner: Owner) => {
    const state = stateOfOwner(owner, claimant);
    if (state === 'unseen') return isSilent(part, name, owner);
    if (state === 'gone' || (state === 'itself' && !inUse.has(name))) return true;
    seen.set(name, { mark: '', at: 0, looks: 0, alive: true });
    return false;
  };

  return {
    async livingParts(file, own) {
      const living: string[] = [];
      for (const name of await disk.readdir(dirname(file))) {
        const owner = name === own ? undefined : ownerOf(file, name);
        if (owner === undefined) continue;
        const part = join(dirname(file), name);
        if (await isDead(part, name, owner)) await disk.rm(part, { force: true });
        else living.push(name);
      }
      return living;
    },
    isKnownAlive: (name) => seen.get(name)?.alive === true,
    dead: () => silent,
  };
}

/** Undefined where it is gone. */
async function markOf(part: string, disk: LockDisk): Promise<string | undefined> {
  const handle = await disk.open(part, 'r').catch(() => undefined);
  try {
    // Another user's file cannot be opened.
    const stat = handle ? await handle.stat() : await disk.lstat(part);
    return `${stat.mtimeMs} ${stat.size}`;
  } catch {
    return undefined;
  } finally {
    await handle?.close();
  }
}

/** For a part of a file's name between dots. */
const encodeHost = (host: string): string => encodeURIComponent(host).replaceAll('.', '%2E');

function decodeHost(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}

/**
 * The owner of a part file, from its name; undefined if the name is not a part file of this file. Earlier versions of gopackgo
 * wrote no start, and left dots in the host.
 */
export function ownerOf(file: string, name: string): Owner | undefined {
  const prefix = `${basename(file)}.`;
  if (!name.startsWith(prefix)) return undefined;
  const own = name.slice(prefix.length);
  const [, host, pid, started] =
    /^[0-9a-f-]{36}\.([^.]*)\.(\d+)(?:\.(\d+))?\.part$/.exec(own) ??
    /^[0-9a-f-]{36}\.(.*)\.(\d+)\.part$/.exec(own) ??
    [];
  if (host === undefined) return undefined;
  return { host: decodeHost(host), pid: Number(pid), ...definedOnly({ started }) };
}
