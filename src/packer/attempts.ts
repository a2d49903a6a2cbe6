import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { definedOnly } from '../lib/defined-only.ts';
import { errorCode } from '../lib/error-code.ts';
import { makeOwnFolder, readOwnFile } from '../lib/own-files.ts';

/** The content of `attempt.json`, written before Packer is started. */
export interface AttemptRecord {
  id: string;
  target: string;
  release: string;
  recipe: string;
  /** As in the tag `gopackgo:base`: `<owner>/<name>`. */
  base: string;
  /** As in the tag `gopackgo:commit`; absent if the config has no "git". */
  commit?: string;
  /** ISO 8601, UTC. */
  startedAt: string;
  /** Path of the log. */
  log: string;
  /** It ran in a terminal (`--debug`): Packer's output is not in the log. */
  terminal?: boolean;
}

/** The content of `result.json`, written when Packer ended, by the process that started it, if that was still alive. */
export interface AttemptResult {
  /** Null if it was killed by a signal. */
  exit: number | null;
  signal: NodeJS.Signals | null;
  /** ISO 8601, UTC. */
  endedAt: string;
}

/** An attempt as read from its folder, which may be incomplete. */
export interface KnownAttempt {
  target: string;
  /** Starts at 1. */
  number: number;
  folder: string;
  log: string;
  /** Absent if Packer was not started, or not yet. */
  pid?: number;
  /** Absent if `attempt.json` is missing or incomplete. */
  record?: AttemptRecord;
  result?: AttemptResult;
}

export const attemptFiles = {
  log: 'log',
  /** Only if requested. */
  debug: 'debug.log',
  pid: 'pid',
  /** Locked by Packer while it runs, if there is flock(1). */
  lock: 'lock',
  record: 'attempt.json',
  result: 'result.json',
} as const;

const numbersTried = 1000;

/** Creates the next `attempts/<target>/<n>`; concurrent callers get different ones. */
export async function claimAttemptFolder(
  attempts: string,
  target: string,
): Promise<{ number: number; folder: string }> {
  const parent = join(attempts, target);
  makeOwnFolder(parent);
  const first = Math.max(0, ...(await numbersIn(parent))) + 1;
  for (let number = first; number < first + numbersTried; number += 1) {
    const folder = join(parent, String(number));
    try {
      await mkdir(folder, { mode: 0o700 });
      return { number, folder };
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
  }
  throw new Error(`${parent}: no free number for another attempt`);
}

/**
 * The attempts of earlier runs at these targets, from `attempts/<target>/<n>`, in order of number. It reads any state that a
 * killed process or a full disk can leave. A missing folder means no attempts; an unreadable one is an error.
 */
export async function readAttempts(attempts: string, targets: readonly string[]): Promise<KnownAttempt[]> {
  const known: KnownAttempt[] = [];
  for (const target of targets) {
    const parent = join(attempts, target);
    for (const number of (await numbersIn(parent)).sort((a, b) => a - b)) {
      known.push(await readAttempt(target, number, join(parent, String(number))));
    }
  }
  return known;
}

async function readAttempt(target: string, number: number, folder: string): Promise<KnownAttempt> {
  const [pidText, recordText, resultText] = await Promise.all(
    [attemptFiles.pid, attemptFiles.record, attemptFiles.result].map((name) =>
      readIfPresent(join(folder, name)),
    ),
  );
  const [, pid] = /^([1-9]\d{0,9})\n$/.exec(pidText ?? '') ?? [];
  const record = asRecord(parseJson(recordText), target);
  const result = asResult(parseJson(resultText));
  return {
    target,
    number,
    folder,
    log: join(folder, attemptFiles.log),
    ...(pid ? { pid: Number(pid) } : {}),
    ...definedOnly({ record, result }),
  };
}

function asRecord(value: unknown, target: string): AttemptRecord | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = value as Partial<Record<keyof AttemptRecord, unknown>>;
  const { id, release, recipe, base, startedAt, log } = fields;
  const texts = [id, release, recipe, base, startedAt, log];
  const whole = texts.every((text) => typeof text === 'string') && fields.target === target;
  return whole ? (value as AttemptRecord) : undefined;
}

function asResult(value: unknown): AttemptResult | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { exit, signal, endedAt } = value as Partial<Record<keyof AttemptResult, unknown>>;
  const whole =
    (exit === null || typeof exit === 'number') &&
    (signal === null || typeof signal === 'string') &&
    typeof endedAt === 'string';
  return whole ? (value as AttemptResult) : undefined;
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function readIfPresent(file: string): Promise<string | undefined> {
  try {
    return await readOwnFile(file);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return [];
    throw error;
  }
}

const numbersIn = async (folder: string) =>
  (await namesIn(folder)).filter((name) => /^[1-9]\d{0,8}$/.test(name)).map(Number);
