import { dirname } from 'node:path';
import { ActionableError } from '../lib/actionable-error.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { errorCode } from '../lib/error-code.ts';
import {
  acquireFileLock,
  type Claimant,
  type FileLock,
  LockHeld,
  removeAbandoned,
  waitLimit,
} from '../lib/file-lock.ts';
import { ownMode } from '../lib/own-files.ts';
import { inFile } from '../lib/problem.ts';
import { fileLimit, tooLarge } from '../lib/read-bounded.ts';
import type { Disk } from './disk.ts';
import type { Entry } from './entry.ts';
import { type Merged, mergeIds } from './merge.ts';
import { parseIds } from './parse.ts';
import { renderIds } from './render.ts';

/** An ids file on this machine. */
export interface IdsFile {
  /** Absolute. */
  path: string;
  /** As messages show it. */
  shown: string;
  /** The file to read while there is none at `path`. */
  startFrom?: IdsFile;
}

/**
 * The entries of a file; none where there is no file.
 *
 * @throws ActionableError (4) that lists every unknown part of it; also where it is not a regular file or cannot be read.
 */
export async function readIds(file: IdsFile, disk: Disk): Promise<Entry[]> {
  return (await read(file, disk)).entries;
}

/**
 * Merges entries into a file. At any moment the file has its complete old or new text, and concurrent changes by others are
 * kept. A file that already has the entries is not touched.
 *
 * @throws what `readIds` throws, and the file system's error where it cannot be written; the file is unchanged then.
 */
export async function recordIds(
  file: IdsFile,
  ours: readonly Entry[],
  writer: Claimant,
  disk: Disk,
): Promise<Merged> {
  const now = mergeInto(await read(file, disk), ours);
  if (now.text === undefined) {
    await removeAbandoned(file.path, writer, disk).catch(() => undefined);
    return now.merged;
  }
  await disk.mkdir(dirname(file.path), { recursive: true });
  const lock = await lockFor(file, writer, disk);
  try {
    const before = await read(file, disk);
    const { merged, text } = mergeInto(before, ours);
    if (text === undefined) return merged;
    await lock.handle.writeFile(text);
    if (before.mode !== undefined) await lock.handle.chmod(before.mode);
    await lock.handle.sync();
    await disk.rename(lock.part, file.path);
    return merged;
  } finally {
    await lock.release();
  }
}

/** Its part file replaces the file, so it is made as readable as that. A copy is for the user alone. */
async function lockFor(file: IdsFile, writer: Claimant, disk: Disk): Promise<FileLock> {
  try {
    return await acquireFileLock(file.path, writer, disk, { mode: file.startFrom ? ownMode : 0o644 });
  } catch (error) {
    if (!(error instanceof LockHeld)) throw error;
    throw new Error(`other processes have locked it for ${waitLimit / 1000} s: ${error.parts.join(', ')}`);
  }
}

interface Content {
  entries: Entry[];
  /** Undefined where there is no file at the path. */
  text?: string;
  /** Its mode bits. */
  mode?: number;
}

/** `text`: what to write; undefined where the file needs no change. */
function mergeInto(before: Content, ours: readonly Entry[]): { merged: Merged; text: string | undefined } {
  const merged = mergeIds(before.entries, ours);
  const text = renderIds(merged.entries);
  return { merged, text: text === before.text ? undefined : text };
}

async function read(file: IdsFile, disk: Disk): Promise<Content> {
  const { text, mode } = await readTextAndMode(file, disk);
  if (text === undefined) {
    return { entries: file.startFrom ? await readIds(file.startFrom, disk) : [] };
  }
  const parsed = parseIds(text);
  if (parsed.ok) return { entries: parsed.entries, text, ...definedOnly({ mode }) };
  throw new ActionableError('ids-file-invalid', parsed.problems.map(inFile(file.shown)), {
    after:
      `${file.shown} was not changed: gopackgo would lose what it does not know. ` +
      'Fix or move it; where there is no file, a new one is written.',
  });
}

/** Refuses a symbolic link: it would be replaced by a file, and its target would stay unchanged. */
async function readTextAndMode(
  { path, shown }: IdsFile,
  disk: Disk,
): Promise<{ text?: string; mode?: number }> {
  const refuse = (found: string) =>
    new ActionableError('ids-file-invalid', { place: shown, expected: 'a file of AMI ids', found });
  try {
    const stat = await disk.lstat(path);
    if (!stat.isFile()) {
      throw refuse(
        stat.isSymbolicLink() ? 'a symbolic link; name the file itself' : 'something that is not a file',
      );
    }
    if (stat.size > fileLimit) throw refuse(tooLarge(stat.size));
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await disk.readFile(path));
    return { text, mode: stat.mode & 0o777 };
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    if (code === 'ENOENT') return {};
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') throw refuse('text that is not UTF-8');
    throw refuse(`one that cannot be read (${code})`);
  }
}
