import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ActionableError } from '../lib/actionable-error.ts';
import { errorCode } from '../lib/error-code.ts';

/** A file's content as its hash. `path` is relative to the named folder; empty if the file itself was named. */
export interface Content {
  path: string;
  /** Hexadecimal. */
  sha256: string;
}

/**
 * The content of a file, or of every file in a folder and its subfolders, sorted by path. `if there`: a missing file is no
 * error.
 */
export type ReadContent = (path: string, presence?: 'if there') => Content[];

const chunkSize = 1 << 20;
const mostFiles = 100_000;

/**
 * Reads files, relative paths from `folder`, each once. Symbolic links are followed, as Packer follows them.
 *
 * @throws ActionableError (2) for a missing or unreadable file, and for a folder of more than 100,000 files.
 */
export function contentReader(folder: string): ReadContent {
  const known = new Map<string, Content[]>();
  return (path, presence) => {
    const before = known.get(path);
    if (before) return before;
    if (presence && !existsSync(resolve(folder, path))) return [];
    const content = readContent(resolve(folder, path), path);
    known.set(path, content);
    return content;
  };
}

/** Why a file or folder cannot be read, as text that follows "found"; undefined if it can. */
export function whyUnreadable(path: string): string | undefined {
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) readdirSync(path);
    else if (stat.isFile()) closeSync(openSync(path, 'r'));
    else return 'neither a file nor a folder';
    return undefined;
  } catch (error) {
    return describeReadError(error);
  }
}

function readContent(path: string, named: string): Content[] {
  try {
    if (!statSync(path).isDirectory()) return [{ path: '', sha256: hashOf(path) }];
    const files = filesBeneath(path, '', [], [], named);
    return files.sort().map((file) => ({ path: file, sha256: hashOf(join(path, file)) }));
  } catch (error) {
    if (error instanceof ActionableError) throw error;
    throw unreadable(named, 'a file or folder that can be read', describeReadError(error));
  }
}

/** `above` are the real paths of the parent folders: a link back to one of them would never end. */
function filesBeneath(root: string, at: string, above: string[], files: string[], named: string): string[] {
  const here = realpathSync(join(root, at));
  if (above.includes(here)) throw unreadable(named, 'a folder', `one that contains itself: ${at}`);
  for (const name of readdirSync(here)) {
    const path = at === '' ? name : `${at}/${name}`;
    if (statSync(join(here, name)).isDirectory()) filesBeneath(root, path, [...above, here], files, named);
    else files.push(path);
    if (files.length > mostFiles) {
      throw unreadable(named, `a folder of at most ${mostFiles} files`, 'more');
    }
  }
  return files;
}

const unreadable = (place: string, expected: string, found: string) =>
  new ActionableError('file-unreadable', { place, expected, found });

function hashOf(path: string): string {
  if (!statSync(path).isFile()) throw unreadable(path, 'a file or folder', 'neither');
  const file = openSync(path, 'r');
  try {
    const hash = createHash('sha256');
    const chunk = Buffer.allocUnsafe(chunkSize);
    for (let size = readSync(file, chunk); size > 0; size = readSync(file, chunk))
      hash.update(chunk.subarray(0, size));
    return hash.digest('hex');
  } finally {
    closeSync(file);
  }
}

/** The first bytes of a file; undefined if it cannot be read. Never waits for a pipe or a device. */
export function firstBytes(path: string, most: number): Buffer | undefined {
  try {
    if (!statSync(path).isFile()) return undefined;
    const file = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(most);
      return bytes.subarray(0, readSync(file, bytes, 0, most, 0));
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

function describeReadError(error: unknown): string {
  const code = errorCode(error) ?? 'unknown error';
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'no such file or folder';
  if (code === 'EACCES' || code === 'EPERM') return 'one without read permission';
  return `one that cannot be read (${code})`;
}
