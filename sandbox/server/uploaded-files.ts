import { randomUUID } from 'node:crypto';
import { chmod, type FileHandle, mkdir, open, rename, rm, rmdir, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { cannedFolders } from './canned-files.ts';
import { type KeyFilter, withholdPrivateKeys } from './private-keys.ts';

/** A file that is arriving. It is there as a whole after `finish`, and not at all before. */
export interface ArrivingFile {
  write(chunk: Buffer): Promise<void>;
  /** Bytes that arrived, and whether a private key among them was not kept. */
  finish(): Promise<{ size: number; withheld: boolean }>;
  abandon(): Promise<void>;
}

/** The files of an instance as they were uploaded, kept under `files/` at their absolute paths. */
export interface UploadedFiles {
  /** Absolute path on the instance of a path as a user's shell would take it. */
  resolve(path: string, user: string): string;
  /** Where an uploaded file or folder of the instance is on this machine, be there one or not. */
  place(path: string): string;
  /** Where a file of the instance is on this machine; undefined where it was not uploaded. */
  find(path: string): Promise<string | undefined>;
  makeFolder(path: string): Promise<void>;
  /** Throws EISDIR where a folder has the path. Permission bits beyond 0777 are left out. */
  begin(path: string, mode: number): Promise<ArrivingFile>;
  /** All of the content or, where it breaks off, none of it. */
  writeFile(
    path: string,
    mode: number,
    content: AsyncIterable<Buffer>,
  ): Promise<{ size: number; withheld: boolean }>;
  /** Of an uploaded file or folder. */
  changeMode(path: string, mode: number): Promise<void>;
  /** An uploaded file over whatever file has the new path. */
  move(from: string, to: string): Promise<void>;
  removeFile(path: string): Promise<void>;
  /** Throws ENOTEMPTY where something is in it. */
  removeFolder(path: string): Promise<void>;
}

/**
 * Folders that a path needs are made on the way, since no `mkdir` ever ran here. Symbolic links are never made.
 * The owner can always read what arrived, whatever the mode sent.
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
