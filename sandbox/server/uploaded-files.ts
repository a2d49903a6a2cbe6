import { randomUUID } from 'node:crypto';
import { chmod, type FileHandle, mkdir, open, rename, rm, rmdir, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { cannedFolders } from './canned-files.ts';
import { type KeyFilter, withholdPrivateKeys } from './private-keys.ts';

/** A file that is being uploaded. It exists completely after `finish`, and not at all before. */
export interface ArrivingFile {
  write(chunk: Buffer): Promise<void>;
  /** The number of bytes received, and whether a private key among them was not kept. */
  finish(): Promise<{ size: number; withheld: boolean }>;
  abandon(): Promise<void>;
}

/** The uploaded files of an instance, kept under `files/` at their absolute paths. */
export interface UploadedFiles {
  /** The absolute path on the instance of a path as a user's shell would resolve it. */
  resolve(path: string, user: string): string;
  /** The local path for an uploaded file or folder of the instance, whether or not it exists. */
  place(path: string): string;
  /** The local path of a file of the instance; undefined if it was not uploaded. */
  find(path: string): Promise<string | undefined>;
  makeFolder(path: string): Promise<void>;
  /** Throws EISDIR if the path is a folder. Permission bits beyond 0777 are dropped. */
  begin(path: string, mode: number): Promise<ArrivingFile>;
  /** Writes all of the content or, if it breaks off, none of it. */
  writeFile(
    path: string,
    mode: number,
    content: AsyncIterable<Buffer>,
  ): Promise<{ size: number; withheld: boolean }>;
  /** For an uploaded file or folder. */
  changeMode(path: string, mode: number): Promise<void>;
  /** Moves an uploaded file, replacing any file at the new path. */
  move(from: string, to: string): Promise<void>;
  removeFile(path: string): Promise<void>;
  /** Throws ENOTEMPTY if it is not empty. */
  removeFolder(path: string): Promise<void>;
}

/**
 * Missing parent folders are created, since no `mkdir` ever ran here. Symbolic links are never created. The owner can always
 * read an uploaded file, whatever its mode.
 */
export function uploadedFiles(instanceFolder: string): UploadedFiles {
  const place = (path: string) => join(instanceFolder, 'files', posix.resolve('/', path));
  const makeParent = (path: string) => mkdir(posix.dirname(place(path)), { recursive: true, mode: 0o700 });
  const files: UploadedFiles = {
    place,
    resolve(path, user) {
      const home = user === 'root' ? '/root' : posix.join('/home', user.replace(/[^\w.-]|^\.+$/g, '_'));
      return posix.resolve(home, path.replace(/^~(?=\/|$)/, home));
    },
    async find(path) {
      const found = await stat(place(path)).catch(() => undefined);
      return found?.isFile() ? place(path) : undefined;
    },
    async makeFolder(path) {
      await mkdir(place(path), { recursive: true, mode: 0o700 });
    },
    async begin(path, mode) {
      const taken = await stat(place(path)).catch(() => undefined);
      if (taken?.isDirectory() || cannedFolders.includes(posix.resolve('/', path)))
        throw Object.assign(new Error(`${path} is a directory`), { code: 'EISDIR' });
      await makeParent(path);
      const unfinished = join(instanceFolder, `${randomUUID()}.tmp`);
      const handle = await open(unfinished, 'wx', (mode & 0o777) | 0o600);
      return arrivingFile(handle, { unfinished, place: place(path) });
    },
    async writeFile(path, mode, content) {
      const file = await files.begin(path, mode);
      try {
        for await (const chunk of content) await file.write(chunk);
        return await file.finish();
      } catch (error) {
        await file.abandon();
        throw error;
      }
    },
    async changeMode(path, mode) {
      const found = await stat(place(path));
      await chmod(place(path), (mode & 0o777) | (found.isDirectory() ? 0o700 : 0o600));
    },
    async move(from, to) {
      await makeParent(to);
      await rename(place(from), place(to));
    },
    removeFile: (path) => rm(place(path)),
    removeFolder: (path) => rmdir(place(path)),
  };
  return files;
}

function arrivingFile(handle: FileHandle, at: { unfinished: string; place: string }): ArrivingFile {
  const filter: KeyFilter = withholdPrivateKeys();
  let size = 0;
  return {
    async write(chunk) {
      size += chunk.length;
      await handle.appendFile(filter.pass(chunk));
    },
    async finish() {
      await handle.appendFile(filter.rest());
      await handle.close();
      await rename(at.unfinished, at.place);
      return { size, withheld: filter.withheld };
    },
    async abandon() {
      await handle.close().catch(() => undefined);
      await rm(at.unfinished, { force: true });
    },
  };
}
