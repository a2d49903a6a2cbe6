import { readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { ActionableError } from '../lib/actionable-error.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { errorCode } from '../lib/error-code.ts';
import { didYouMean } from '../lib/nearest.ts';
import { NotReadable, readBounded } from '../lib/read-bounded.ts';
import type { Publication } from '../model/publication.ts';
import type { PublicationName } from './publication-name.ts';

export const folderOfPublications = 'configs';

/** Files in `configs/` that are not publications. */
export const notPublications = ['local', 'local-default', 'schema'];

export interface Found extends Pick<Publication, 'name' | 'file' | 'folder'> {
  text: string;
}

/**
 * Reads the file of a publication, which is `configs/<name>.json` or a path, both from `cwd`.
 *
 * @throws ActionableError (2) that lists the publications there are, nearest first, where there is no such file;
 * and where it cannot be read, or is not UTF-8.
 */
export function findPublication({ publication, isPath }: PublicationName, cwd: string): Found {
  const file = isPath ? publication : `${folderOfPublications}/${publication}.json`;
  const path = resolve(cwd, file);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(readBounded(path));
    // What "../" leads to from a folder that is a link is the system's to say, to us as to Packer.
    const folder = realpathSync(dirname(path));
    return { name: basename(file).replace(/\.json$/, ''), file, folder, text };
  } catch (error) {
    throw new ActionableError('publication-not-found', {
      place: file,
      expected: 'a publication',
      found: whyUnread(error),
      ...definedOnly({ advice: adviceForUnread(error, file, cwd) }),
    });
  }
}

/** The names of the publications in `configs/`, sorted. */
export function publicationsIn(cwd: string): string[] {
  try {
    return readdirSync(join(cwd, folderOfPublications))
      .filter((file) => file.endsWith('.json'))
      .map((file) => file.slice(0, -'.json'.length))
      .filter((name) => !notPublications.includes(name))
      .sort();
  } catch {
    return [];
  }
}

function whyUnread(error: unknown): string {
  if (error instanceof NotReadable) return error.found;
  const code = errorCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'a file that may not be read';
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'text that is not UTF-8';
  return `a file that cannot be read (${code ?? 'unknown error'})`;
}

function adviceForUnread(error: unknown, file: string, cwd: string): string | undefined {
  const isNoFile =
    error instanceof NotReadable || ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(errorCode(error) ?? '');
  if (!isNoFile) return undefined;
  const names = publicationsIn(cwd);
  if (names.length === 0) {
    return `There are no publications in ${join(cwd, folderOfPublications)}: run this where "configs" is, or name a file.`;
  }
  const near = didYouMean(basename(file).replace(/\.json$/, ''), names);
  return `${near ? `${near} ` : ''}There are: ${names.join(', ')}.`;
}
