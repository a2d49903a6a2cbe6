import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** The files of an instance as they were uploaded, kept under `files/` at their absolute paths. */
export interface UploadedFiles {
  /** Absolute path on the instance of a path as a user's shell would take it. */
  resolve(path: string, user: string): string;
  /** Where a file of the instance is on this machine; undefined where it was not uploaded. */
  find(path: string): Promise<string | undefined>;
  makeFolder(path: string): Promise<void>;
  /** All of the content or, where it breaks off, none of it. Permission bits beyond 0777 are left out. */
  writeFile(path: string, mode: number, content: AsyncIterable<Buffer>): Promise<void>;
}

/**
 * Folders that a path needs are made on the way, since no `mkdir` ever ran here. Symbolic links are never made.
 * The owner can always read what arrived, whatever the mode sent.
 */
export function uploadedFiles(instanceFolder: string): UploadedFiles {
  const here = (path: string) => join(instanceFolder, 'files', posix.resolve('/', path));
  return {
    resolve(path, user) {
      const home = user === 'root' ? '/root' : posix.join('/home', user.replace(/[^\w.-]|^\.+$/g, '_'));
      return posix.resolve(home, path.replace(/^~(?=\/|$)/, home));
    },
    async find(path) {
      const file = here(path);
      const found = await stat(file).catch(() => undefined);
      return found?.isFile() ? file : undefined;
    },
    async makeFolder(path) {
      await mkdir(here(path), { recursive: true, mode: 0o700 });
    },
    async writeFile(path, mode, content) {
      const unfinished = join(instanceFolder, `${randomUUID()}.tmp`);
      await mkdir(posix.dirname(here(path)), { recursive: true, mode: 0o700 });
      try {
        await pipeline(content, createWriteStream(unfinished, { flags: 'wx', mode: (mode & 0o777) | 0o600 }));
        await rename(unfinished, here(path));
      } finally {
        await rm(unfinished, { force: true });
      }
    },
  };
}
