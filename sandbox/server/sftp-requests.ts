import { posix } from 'node:path';
import ssh2 from 'ssh2';
import { octal } from './file-mode.ts';
import type { Found, InstanceFiles, OpenFile } from './instance-files.ts';
import type { RecordedCommand, Upload } from './instance-record.ts';
import {
  asSftpError,
  attributesOf,
  longName,
  ok,
  type SftpAttributes,
  SftpError,
  type SftpReply,
} from './sftp-reply.ts';
import { actOnFault, type FaultOptions } from './ssh-fault.ts';
import type { ArrivingFile, UploadedFiles } from './uploaded-files.ts';

const { OPEN_MODE, STATUS_CODE } = ssh2.utils.sftp;

export interface SftpOptions extends FaultOptions {
  user: string;
  uploaded: UploadedFiles;
  files: InstanceFiles;
}

interface Arriving {
  is: 'arriving';
  path: string;
  file: ArrivingFile;
  position: number;
  mode: number;
  fault?: 'delay';
}

type Handle =
  | Arriving
  | { is: 'open'; path: string; file: OpenFile }
  | { is: 'folder'; path: string; names: string[] };

/** The umask of a new Ubuntu. */
const umask = 0o022;
const mostHandles = 100;
const mostNames = 100;
/** The most that ssh2 can send at once. */
const mostBytes = 31 * 1024;
const sizeLimit = 8 * 1024 ** 3;

/**
 * The requests of one SFTP session, version 3 (draft-ietf-secsh-filexfer-02). Files are written from start to end, as all
 * uploading clients do; files that were not uploaded can be read but not changed. Each upload, download and change is recorded
 * as the command that a person would type.
 */
export function sftpRequests(options: SftpOptions) {
  const { uploaded, files, user } = options;
  const started = new Date();
  const handles = new Map<string, Handle>();
  let counter = 0;

  const resolve = (path: string) => uploaded.resolve(path, user);

  function keep(handle: Handle): SftpReply {
    counter += 1;
    handles.set(String(counter), handle);
    return { handle: Buffer.from(String(counter)) };
  }
  function handleOf<K extends Handle['is']>(name: Buffer, is: K): Extract<Handle, { is: K }> {
    const handle = handles.get(name.toString());
    if (handle?.is !== is) throw new SftpError(STATUS_CODE.FAILURE, `not a handle of this kind: ${is}`);
    return handle as Extract<Handle, { is: K }>;
  }
  /** Packer sets a file's mode by its path before it has closed the file. */
  const arrivingAt = (path: string) =>
    [...handles.values()].find((handle) => handle.is === 'arriving' && handle.path === path) as
      | Arriving
      | undefined;
  async function existing(path: string): Promise<Found> {
    const arriving = arrivingAt(path);
    if (arriving) return { kind: 'file', mode: arriving.mode, size: arriving.position, modified: started };
    const found = await files.look(path);
    if (found) return found;
    throw new SftpError(STATUS_CODE.NO_SUCH_FILE, `${path}: No such file or directory`);
  }

  /** Runs an action under a command's name, subject to faults, and records it. */
  async function onRecord(
    command: string,
    work: (fault?: 'delay') => Promise<{ reply: SftpReply; done?: Partial<RecordedCommand> | 'later' }>,
  ): Promise<SftpReply> {
    const fate = await actOnFault(command, options);
    if (!fate.goOn) {
      if (!fate.answer) return 'nothing';
      return { status: STATUS_CODE.FAILURE, message: fate.answer.stderr ?? `exit ${fate.answer.exit}` };
    }
    const fault = fate.fault && { fault: fate.fault };
    try {
      const { reply, done } = await work(fate.fault);
      if (done !== 'later') options.record({ command, exit: 0, ...done, ...fault });
      return reply;
    } catch (error) {
      const failed = asSftpError(error);
      options.record({ command, exit: 1, stderr: `${failed.message}\n`, ...fault });
      throw failed;
    }
  }

  async function beginUpload(
    path: string,
    flags: number,
    { mode, fault }: { mode: number; fault: 'delay' | undefined },
  ): Promise<SftpReply> {
    const found = await files.look(path);
    const isNew = found === undefined;
    if (flags & OPEN_MODE.APPEND || (!isNew && !(flags & OPEN_MODE.TRUNC))) {
      throw new SftpError(STATUS_CODE.OP_UNSUPPORTED, 'the sandbox accepts only whole files');
    }
    if (isNew && !(flags & OPEN_MODE.CREAT))
      throw new SftpError(STATUS_CODE.NO_SUCH_FILE, `${path}: No such file`);
    if (!isNew && flags & OPEN_MODE.EXCL) throw new SftpError(STATUS_CODE.FAILURE, `${path}: File exists`);
    if (found?.kind === 'folder') throw new SftpError(STATUS_CODE.FAILURE, `${path}: is a directory`);
    const file = await uploaded.begin(path, mode);
    return keep({ is: 'arriving', path, file, position: 0, mode, ...(fault && { fault }) });
  }

  async function finishUpload(handle: Arriving): Promise<SftpReply> {
    const { path, mode, fault } = handle;
    const { size, withheld } = await handle.file.finish();
    await uploaded.changeMode(path, mode);
    const upload: Upload = {
      path,
      kind: 'file',
      mode: octal(mode),
      size,
      ...(withheld && { withheld }),
    };
    options.record({ command: `sftp put ${path}`, exit: 0, uploads: [upload], ...(fault && { fault }) });
    return ok;
  }

  async function changeMode(path: string, mode: number | undefined): Promise<SftpReply> {
    const found = await existing(path);
    const arriving = arrivingAt(path);
    if (arriving) arriving.mode = mode ?? arriving.mode;
    if (arriving || mode === undefined) return ok;
    if (found.kind === 'folder') await uploaded.makeFolder(path);
    else if (!(await uploaded.find(path)))
      throw new SftpError(STATUS_CODE.PERMISSION_DENIED, `${path}: Permission denied`);
    await uploaded.changeMode(path, mode);
    return ok;
  }

  return {
    open(name: string, flags: number, { mode = 0o644 }: Partial<SftpAttributes>): Promise<SftpReply> {
      const path = resolve(name);
      if (handles.size >= mostHandles)
        throw new SftpError(STATUS_CODE.FAILURE, `more than ${mostHandles} handles`);
      if (flags & OPEN_MODE.WRITE) {
        return onRecord(`sftp put ${path}`, async (fault) => ({
          reply: await beginUpload(path, flags, { mode: mode & ~umask, fault }),
          done: 'later',
        }));
      }
      return onRecord(`sftp get ${path}`, async () => {
        await existing(path);
        const reply = keep({ is: 'open', path, file: await files.open(path) });
        return { reply, done: { downloads: [path] } };
      });
    },
    async read(name: Buffer, offset: number, length: number): Promise<SftpReply> {
      const { file } = handleOf(name, 'open');
      const data = await file.read(offset, Math.min(length, mostBytes));
      return data.length === 0 ? { status: STATUS_CODE.EOF } : { data };
    },
    async write(name: Buffer, offset: number, data: Buffer): Promise<SftpReply> {
      const handle = handleOf(name, 'arriving');
      if (offset !== handle.position) {
        throw new SftpError(STATUS_CODE.OP_UNSUPPORTED, 'the sandbox accepts a file only from start to end');
      }
      if (offset + data.length > sizeLimit)
        throw new SftpError(STATUS_CODE.FAILURE, `the sandbox accepts files of at most ${sizeLimit} bytes`);
      handle.position += data.length;
      await handle.file.write(data);
      return ok;
    },
    async close(name: Buffer): Promise<SftpReply> {
      const handle = handles.get(name.toString());
      if (!handle) throw new SftpError(STATUS_CODE.FAILURE, 'no such handle');
      handles.delete(name.toString());
      if (handle.is === 'arriving') return finishUpload(handle);
      if (handle.is === 'open') await handle.file.close();
      return ok;
    },
    async stat(name: string): Promise<SftpReply> {
      return { attributes: attributesOf(await existing(resolve(name))) };
    },
    async handleStat(name: Buffer): Promise<SftpReply> {
      return { attributes: attributesOf(await existing(handles.get(name.toString())?.path ?? '')) };
    },
    changeMode: (name: string, { mode }: Partial<SftpAttributes>): Promise<SftpReply> =>
      changeMode(resolve(name), mode),
    async handleChangeMode(name: Buffer, { mode }: Partial<SftpAttributes>): Promise<SftpReply> {
      const handle = handleOf(name, 'arriving');
      handle.mode = mode ?? handle.mode;
      return ok;
    },
    makeFolder(name: string, { mode = 0o755 }: Partial<SftpAttributes>): Promise<SftpReply> {
      const path = resolve(name);
      return onRecord(`sftp mkdir ${path}`, async () => {
        if (await files.look(path)) throw new SftpError(STATUS_CODE.FAILURE, `${path}: File exists`);
        await uploaded.makeFolder(path);
        await uploaded.changeMode(path, mode & ~umask);
        return { reply: ok, done: { uploads: [{ path, kind: 'folder', mode: octal(mode & ~umask) }] } };
      });
    },
    removeFile(name: string): Promise<SftpReply> {
      const path = resolve(name);
      return onRecord(`sftp rm ${path}`, async () => {
        await uploaded.removeFile(path);
        return { reply: ok };
      });
    },
    removeFolder(name: string): Promise<SftpReply> {
      const path = resolve(name);
      return onRecord(`sftp rmdir ${path}`, async () => {
        await uploaded.removeFolder(path);
        return { reply: ok };
      });
    },
    rename(fromName: string, toName: string): Promise<SftpReply> {
      const [from, to] = [resolve(fromName), resolve(toName)];
      return onRecord(`sftp rename ${from} ${to}`, async () => {
        if (await files.look(to)) throw new SftpError(STATUS_CODE.FAILURE, `${to}: File exists`);
        await uploaded.move(from, to);
        return { reply: ok };
      });
    },
    async openFolder(name: string): Promise<SftpReply> {
      const path = resolve(name);
      const { kind } = await existing(path);
      if (kind !== 'folder') throw new SftpError(STATUS_CODE.FAILURE, `${path}: Not a directory`);
      return keep({ is: 'folder', path, names: await files.list(path) });
    },
    async readFolder(name: Buffer): Promise<SftpReply> {
      const handle = handleOf(name, 'folder');
      const some = handle.names.splice(0, mostNames);
      if (some.length === 0) return { status: STATUS_CODE.EOF };
      const entries = await Promise.all(
        some.map(async (filename) => {
          const attrs = attributesOf(await existing(posix.join(handle.path, filename)));
          return { filename, longname: longName(filename, attrs), attrs };
        }),
      );
      return { names: entries };
    },
    async absolute(name: string): Promise<SftpReply> {
      const path = resolve(name);
      const found = await files.look(path);
      const attrs = attributesOf(found ?? { kind: 'folder', mode: 0o755, modified: new Date(0) });
      return { names: [{ filename: path, longname: path, attrs }] };
    },
    /** Releases everything that the client left open; an incomplete file is discarded. */
    async end(): Promise<void> {
      const left = [...handles.values()];
      handles.clear();
      for (const handle of left) {
        if (handle.is === 'arriving') {
          await handle.file.abandon();
          options.record({
            command: `sftp put ${handle.path}`,
            exit: 1,
            stderr: 'the client did not finish this file\n',
          });
        }
        if (handle.is === 'open') await handle.file.close();
      }
    },
  };
}
