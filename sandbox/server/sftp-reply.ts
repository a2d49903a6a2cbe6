import ssh2, { type FileEntry } from 'ssh2';
import type { Found } from './instance-files.ts';

const { STATUS_CODE } = ssh2.utils.sftp;

/** Attributes of a file in SFTP; a client sends any of them. */
export interface SftpAttributes {
  mode: number;
  uid: number;
  gid: number;
  size: number;
  atime: number;
  mtime: number;
}

/** The answer to a request; `nothing` if a fault withholds it. */
export type SftpReply =
  | { status: number; message?: string }
  | { handle: Buffer }
  | { data: Buffer }
  | { attributes: SftpAttributes }
  | { names: FileEntry[] }
  | 'nothing';

export const ok: SftpReply = { status: STATUS_CODE.OK };

/** An SFTP status other than OK. */
export class SftpError extends Error {
  status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The answer to a failure of any kind. */
export function failureReply(error: unknown): SftpReply {
  const { status, message } = asSftpError(error);
  return { status, message };
}

/** Converts any failure to one with an SFTP status. */
export function asSftpError(error: unknown): SftpError {
  if (error instanceof SftpError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new SftpError(STATUS_CODE.NO_SUCH_FILE, 'No such file or directory');
  return new SftpError(STATUS_CODE.FAILURE, code ?? message);
}

export function attributesOf(found: Found): SftpAttributes {
  const seconds = Math.floor(found.modified.getTime() / 1000);
  const type = found.kind === 'folder' ? 0o040000 : 0o100000;
  const size = found.kind === 'folder' ? 4096 : found.size;
  return { mode: type | found.mode, uid: 1000, gid: 1000, size, atime: seconds, mtime: seconds };
}

/** In the format of `ls -l`; clients only display it. */
export function longName(name: string, { mode, size }: SftpAttributes): string {
  const flags = [...'rwxrwxrwx'].map((flag, index) => (mode & (0o400 >> index) ? flag : '-')).join('');
  return `${mode & 0o040000 ? 'd' : '-'}${flags} 1 ubuntu ubuntu ${size} ${name}`;
}
