import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** The most that is read of a file that a user names; configs, plans and ids files have a hundredth of it. Bytes. */
export const fileLimit = 10_000_000;

/** There is something else than a readable file; `found` names it for a message. */
export class NotReadable extends Error {
  readonly found: string;

  constructor(found: string) {
    super(found);
    this.name = 'NotReadable';
    this.found = found;
  }
}

export const tooLarge = (size: number): string =>
  `a file of ${(size / 1_000_000).toFixed(1)} MB; at most ${fileLimit / 1_000_000} MB are read`;

/**
 * The content of a file that a user names. Never waits for a pipe or a device, and does not read a huge file.
 *
 * @throws NotReadable for anything that is not a file, or larger than `fileLimit`; the disk's error.
 */
export function readBounded(path: string): Buffer {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(file);
    if (stat.isDirectory()) throw new NotReadable('a folder');
    if (!stat.isFile()) throw new NotReadable('a pipe or a device');
    if (stat.size > fileLimit) throw new NotReadable(tooLarge(stat.size));
    return readAll(file);
  } finally {
    closeSync(file);
  }
}

/** It may grow in the meantime. */
function readAll(file: number): Buffer {
  const chunks: Buffer[] = [];
  let size = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(1 << 16);
    const got = readSync(file, chunk);
    if (got === 0) return Buffer.concat(chunks);
    size += got;
    if (size > fileLimit) throw new NotReadable(tooLarge(size));
    chunks.push(chunk.subarray(0, got));
  }
}
