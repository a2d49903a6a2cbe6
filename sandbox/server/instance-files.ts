import { createReadStream } from 'node:fs';
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { cannedFolders } from './canned-files.ts';
import { withheldNote } from './private-keys.ts';
import type { UploadedFiles } from './uploaded-files.ts';

/** A file or folder of an instance, for a client's question about it. */
export type Found =
  | { kind: 'folder'; mode: number; modified: Date }
  | { kind: 'file'; mode: number; modified: Date; size: number };

/** A file of an instance, open for reading. */
export interface OpenFile {
  size: number;
  mode: number;
  /** At most this many bytes from an offset; none at the end. */
  read(offset: number, length: number): Promise<Buffer>;
  close(): Promise<void>;
}

/** The readable files of an instance: uploaded ones, otherwise those it has from the start. */
export interface InstanceFiles {
  look(path: string): Promise<Found | undefined>;
  /** Names in a folder, sorted. */
  list(path: string): Promise<string[]>;
  /** Throws if there is no such file, or if it contains a private key, whose bytes are not kept. */
  open(path: string): Promise<OpenFile>;
}

export interface InstanceFilesOptions {
  uploaded: UploadedFiles;
  /** A local folder whose content every instance has from the start, at its absolute paths. */
  given: string | undefined;
  /** Contents by path, for files that are neither uploaded nor given. */
  canned: Record<string, string>;
}

export function instanceFiles({ uploaded, given, canned }: InstanceFilesOptions): InstanceFiles {
  const started = new Date();
  const places = (path: string) => [
    uploaded.place(path),
    ...(given === undefined ? [] : [join(given, posix.resolve('/', path))]),
  ];
  const paths = [...cannedFolders, ...Object.keys(canned)];

  async function onThisMachine(path: string): Promise<{ place: string; found: Found } | undefined> {
    for (const place of places(path)) {
      const found = await stat(place).catch(() => undefined);
      if (!found?.isFile() && !found?.isDirectory()) continue;
      const common = { mode: found.mode & 0o777, modified: found.mtime };
      return {
        place,
        found: found.isFile()
          ? { kind: 'file', size: found.size, ...common }
          : { kind: 'folder', ...common, mode: 0o755 },
      };
    }
    return undefined;
  }
  return {
    async look(path) {
      const here = await onThisMachine(path);
      if (here) return here.found;
      const text = canned[path];
      if (text !== undefined)
        return { kind: 'file', mode: 0o644, modified: started, size: Buffer.byteLength(text) };
      if (cannedFolders.includes(path)) return { kind: 'folder', mode: 0o755, modified: started };
      return undefined;
    },
    async list(path) {
      const below = paths.filter((one) => one !== '/' && posix.dirname(one) === path);
      const here = await Promise.all(places(path).map((place) => readdir(place).catch(() => [])));
      return [...new Set([...here.flat(), ...below.map((one) => posix.basename(one))])].sort();
    },
    async open(path) {
      const here = await onThisMachine(path);
      if (here?.found.kind === 'folder') throw new Error(`${path}: is a directory`);
      if (here) return openOnThisMachine(path, here.place);
      const text = canned[path];
      if (text === undefined) {
        throw new Error(
          `${path}: No such file or directory. The sandbox records commands but does not run them: it has uploaded files and the files you gave it (sandbox/README.md, "Files of an instance"), not those a command would have created`,
        );
      }
      const bytes = Buffer.from(text);
      return {
        size: bytes.length,
        mode: 0o644,
        read: async (offset, length) => bytes.subarray(offset, offset + length),
        close: async () => undefined,
      };
    },
  };
}

async function openOnThisMachine(path: string, place: string): Promise<OpenFile> {
  if (await isWithheld(place)) {
    throw new Error(`${path}: contains a private key, and the sandbox does not store private keys`);
  }
  const handle: FileHandle = await open(place);
  const { size, mode } = await handle.stat();
  return {
    size,
    mode: mode & 0o777,
    async read(offset, length) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset);
      return buffer.subarray(0, bytesRead);
    },
    close: () => handle.close(),
  };
}

async function isWithheld(place: string): Promise<boolean> {
  let tail = Buffer.alloc(0);
  for await (const chunk of createReadStream(place) as AsyncIterable<Buffer>) {
    const seen = Buffer.concat([tail, chunk]);
    if (seen.includes(withheldNote)) return true;
    tail = Buffer.from(seen.subarray(-withheldNote.length));
  }
  return false;
}
