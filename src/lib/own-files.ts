import {
  chmodSync,
  closeSync,
  constants,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  writeSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { ActionableError } from './actionable-error.ts';
import { errorCode } from './error-code.ts';

/** The folder of gopackgo's own files, below the working folder. */
const own = '.gopackgo';

/** For files that only the user may read: values of variables, scripts, logs. */
export const ownMode = 0o600;
const folderMode = 0o700;

/**
 * Creates a folder of gopackgo's own, and its parents up to `.gopackgo`, each for the user alone. `.gopackgo` itself may be the
 * user's link, for example to another disk; nothing below it may be a link, since someone else's could lead anywhere.
 *
 * @param folder absolute.
 * @throws ActionableError (4) if one of them is a link or not a folder; the disk's error.
 */
export function makeOwnFolder(folder: string): void {
  const parts = folder.split(sep);
  const start = parts.lastIndexOf(own);
  const first = start < 0 ? folder : parts.slice(0, start + 1).join(sep);
  mkdirSync(first, { recursive: true, mode: folderMode });
  if (start < 0) return;
  closeToOthers(first);
  for (let end = start + 2; end <= parts.length; end++) {
    const path = parts.slice(0, end).join(sep);
    try {
      mkdirSync(path, { mode: folderMode });
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
    refuseOther(path);
  }
}

/** Earlier versions made it readable by everybody. If it belongs to someone else, that cannot be changed. */
function closeToOthers(folder: string): void {
  const stat = lstatSync(folder);
  if (!stat.isDirectory() || (stat.mode & 0o077) === 0) return;
  try {
    chmodSync(folder, folderMode);
  } catch {}
}

function refuseOther(path: string): void {
  const stat = lstatSync(path);
  if (stat.isDirectory()) return;
  const found = stat.isSymbolicLink() ? 'a symbolic link, which is not followed' : 'something else';
  throw new ActionableError('folder-unwritable', {
    place: path,
    expected: "a folder of gopackgo's own",
    found,
    advice: 'Remove it: the folder is created again, and no AMI is lost.',
  });
}

/**
 * Appends to a file of gopackgo's own, which is created if it is missing.
 *
 * @param flush whether it is on disk when this returns.
 * @throws the disk's error; ELOOP for a link.
 */
export function appendToOwnFile(file: string, text: string, { flush = false } = {}): void {
  makeOwnFolder(dirname(file));
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants;
  const descriptor = openSync(file, O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_WRONLY, ownMode);
  try {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    if (flush) fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** The text of a file of gopackgo's own. @throws the disk's error; ELOOP for a link. */
export async function readOwnFile(file: string): Promise<string> {
  const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
  const handle = await open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}
