import { readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { ActionableError } from '../lib/actionable-error.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { errorCode } from '../lib/error-code.ts';
import { isObject } from '../lib/is-object.ts';
import { didYouMean } from '../lib/nearest.ts';
import { NotReadable } from '../lib/read-bounded.ts';
import type { Publication } from '../model/publication.ts';
import { readConfigFile, whyUnread } from './config-file.ts';
import { mergeExtended } from './extends.ts';
import type { PublicationName } from './publication-name.ts';
import { publicationSchema } from './schema.ts';

export const folderOfPublications = 'configs';

/** Files in `configs/` that are not publications. */
export const notPublications = ['local', 'local-default', 'schema'];

export interface Found extends Pick<Publication, 'name' | 'file' | 'folder'> {
  text: string;
}

/**
 * Reads the file of a publication, which is `configs/<name>.json` or a path, both from `cwd`.
 *
 * @throws ActionableError (2) if there is no such file, with the existing publications, nearest first; and if it cannot be
 * read, or is not UTF-8.
 */
export function findPublication({ publication, isPath }: PublicationName, cwd: string): Found {
  const file = isPath ? publication : `${folderOfPublications}/${publication}.json`;
  try {
    const { text, folder } = readConfigFile(resolve(cwd, file));
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

/** The names of the publications in `configs/`, sorted. A config without a required key only exists for others to extend. */
export function publicationsIn(cwd: string): string[] {
  try {
    return readdirSync(join(cwd, folderOfPublications))
      .filter((file) => file.endsWith('.json'))
      .map((file) => file.slice(0, -'.json'.length))
      .filter((name) => !notPublications.includes(name) && !isIncomplete(cwd, name))
      .sort();
  } catch {
    return [];
  }
}

/** An unreadable file counts as a publication: whoever names it learns why. */
function isIncomplete(cwd: string, name: string): boolean {
  const file = `${folderOfPublications}/${name}.json`;
  try {
    const { value, problems } = mergeExtended({ file, ...readConfigFile(join(cwd, file)) });
    if (problems.length > 0 || !isObject(value)) return false;
    return publicationSchema.required.some((key) => !Object.hasOwn(value, key));
  } catch {
    return false;
  }
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
