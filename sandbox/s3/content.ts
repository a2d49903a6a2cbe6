import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../calls/operation.ts';
import type { Piece } from '../model/bucket-records.ts';
import type { Store } from '../state/store.ts';

const folderOf = (folder: string): string => join(folder, 's3');

/**
 * Writes content to its own file, before the record that names it. A process killed in between leaves a file that nothing
 * names; `sweepContent` removes it.
 */
export const writeContent = ({ folder }: Pick<Context, 'folder'>, bytes: Buffer): Piece => {
  const file = randomUUID();
  mkdirSync(folderOf(folder), { recursive: true });
  writeFileSync(join(folderOf(folder), file), bytes, { mode: 0o600 });
  return { file, size: bytes.length };
};

/** Bytes `from` up to but excluding `to` of content that is spread over several files in order. */
export const readContent = (
  { folder }: Pick<Context, 'folder'>,
  content: readonly Piece[],
  from = 0,
  to = sizeOf(content),
): Buffer => {
  const bytes = Buffer.alloc(to - from);
  let start = 0;
  for (const { file, size } of content) {
    const [first, last] = [Math.max(from, start), Math.min(to, start + size)];
    if (first < last) {
      readInto(bytes.subarray(first - from, last - from), join(folderOf(folder), file), first - start);
    }
    start += size;
  }
  return bytes;
};

export const sizeOf = (content: readonly Piece[]): number => content.reduce((sum, { size }) => sum + size, 0);

/** Removes files after the state that no longer names them is on disk. */
export const dropContent = (context: Context, content: readonly Piece[]): void => {
  if (content.length === 0) return;
  context.afterwards(async () => {
    for (const { file } of content) rmSync(join(folderOf(context.folder), file), { force: true });
  });
};

/** Removes files that no object and no part names: those that a killed process left, or all of them after a reset. */
export const sweepContent = (folder: string, store: Store): void => {
  const named = new Set([
    ...store
      .everywhere('object')
      .flatMap(({ record }) => record.versions)
      .flatMap((version) => (version.isMarker ? [] : version.content.map(({ file }) => file))),
    ...store.everywhere('part').map(({ record }) => record.content.file),
  ]);
  for (const file of filesIn(folderOf(folder))) {
    if (!named.has(file)) rmSync(join(folderOf(folder), file), { force: true });
  }
};

const filesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
};

const readInto = (bytes: Buffer, file: string, position: number): void => {
  const descriptor = openSync(file, 'r');
  try {
    for (let done = 0; done < bytes.length; ) {
      const count = readSync(descriptor, bytes, done, bytes.length - done, position + done);
      if (count === 0) throw new Error(`${file} is shorter than the state says`);
      done += count;
    }
  } finally {
    closeSync(descriptor);
  }
};
