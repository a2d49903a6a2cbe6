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
import { inFile, type Problem } from '../lib/problem.ts';
import { fileLimit, tooLarge } from '../lib/read-bounded.ts';
import type { Disk } from './disk.ts';

/** A local file that lists AMIs. */
export interface RecordFile {
  /** Absolute. */
  path: string;
  /** As messages show it. */
  shown: string;
  /** The kind of file, in messages; `a file of AMI ids` if absent. */
  what?: string;
  /** The file to read if there is none at `path` yet. */
  startFrom?: RecordFile;
}

/** The new text for a text; undefined: there is no file. Throws if the text is of another kind. */
export type Change<T> = (text: string | undefined, file: RecordFile) => { text: string; outcome: T };

/**
 * Changes a file. At any moment it has its complete old or new text, and concurrent changes by others are kept. A file that
 * already has the new text is not touched.
 *
 * @throws ActionableError (4) if it is not a regular file or cannot be read, what `change` throws, and the file system's error
 * if it cannot be written; the file is unchanged then.
 */
export async function changeFile<T>(
  file: RecordFile,
  change: Change<T>,
  writer: Claimant,
  disk: Disk,
): Promise<T> {
  const now = applied(await read(file, disk), change);
  if (now.isThere) {
    await removeAbandoned(file.path, writer, disk).catch(() => undefined);
    return now.outcome;
  }
  await disk.mkdir(dirname(file.path), { recursive: true });
  const lock = await lockFor(file, writer, disk);
  try {
    const before = await read(file, disk);
    const { text, outcome, isThere } = applied(before, change);
    if (isThere) return outcome;
    await lock.handle.writeFile(text);
    if (before.mode !== undefined) await lock.handle.chmod(before.mode);
    await lock.handle.sync();
    await disk.rename(lock.part, file.path);
    return outcome;
  } finally {
    await lock.release();
  }
}

/**
 * The text of a file, or of the file it starts from; undefined if there is neither.
 *
 * @throws ActionableError (4) if it is not a regular file, or cannot be read.
 */
export async function readRecord(
  file: RecordFile,
  disk: Disk,
): Promise<{ text: string; of: RecordFile } | undefined> {
  const { from } = await read(file, disk);
  return from;
}

/** Refuses a file whose text is of another kind. */
export const notSuchAFile = (shown: string, problems: readonly Problem[]): ActionableError =>
  new ActionableError('ids-file-invalid', problems.map(inFile(shown)), {
    after:
      `${shown} was not changed: gopackgo would lose the parts that it does not understand. ` +
      'Fix it, or move it away; a new file is written then.',
  });

/** The part file replaces the file, so it gets the same permissions. A copy is for the user alone. */
async function lockFor(file: RecordFile, writer: Claimant, disk: Disk): Promise<FileLock> {
  try {
    return await acquireFileLock(file.path, writer, disk, { mode: file.startFrom ? ownMode : 0o644 });
  } catch (error) {
    if (!(error instanceof LockHeld)) throw error;
    throw new Error(`other processes have locked it for ${waitLimit / 1000} s: ${error.parts.join(', ')}`);
  }
}

interface Content {
  /** Undefined if there is no file at the path. */
  text?: string;
  /** Its mode bits. */
  mode?: number;
  /** The text to change, and the file it came from. */
  from?: { text: string; of: RecordFile };
  file: RecordFile;
}

function applied<T>(content: Content, change: Change<T>): { text: string; outcome: T; isThere: boolean } {
  const { from, file } = content;
  const { text, outcome } = change(from?.text, from?.of ?? file);
  return { text, outcome, isThere: text === content.text };
}

async function read(file: RecordFile, disk: Disk): Promise<Content> {
  const { text, mode } = await readTextAndMode(file, disk);
  if (text !== undefined) return { text, from: { text, of: file }, file, ...definedOnly({ mode }) };
  const from = file.startFrom && (await read(file.startFrom, disk)).from;
  return { file, ...definedOnly({ from }) };
}

/** Refuses a symbolic link: it would be replaced by a file, and its target would stay unchanged. */
async function readTextAndMode(
  { path, shown, what = 'a file of AMI ids' }: RecordFile,
  disk: Disk,
): Promise<{ text?: string; mode?: number }> {
  const refuse = (found: string) =>
    new ActionableError('ids-file-invalid', { place: shown, expected: what, found });
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
