import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from '../lib/error-code.ts';
import { NotReadable, readBounded } from '../lib/read-bounded.ts';

/** The text of a config, and the folder that its relative paths start in: absolute, without links. */
export interface ConfigFile {
  text: string;
  folder: string;
}

/** A config that was read, as messages name it: `configs/web.json`. */
export interface ConfigSource extends ConfigFile {
  file: string;
}

/**
 * Reads a config.
 *
 * @throws the error of the disk or the decoder, for `whyUnread`.
 */
export function readConfigFile(path: string): ConfigFile {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(readBounded(path));
  // If the folder is a link, the system resolves "../", for us as for Packer.
  return { text, folder: realpathSync(dirname(path)) };
}

/** Why a config cannot be read, in words that follow "found". */
export function whyUnread(error: unknown): string {
  if (error instanceof NotReadable) return error.found;
  const code = errorCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'a file that may not be read';
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'text that is not UTF-8';
  return `a file that cannot be read (${code ?? 'unknown error'})`;
}
