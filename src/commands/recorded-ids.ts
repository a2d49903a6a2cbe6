import fs from 'node:fs/promises';
import { recordedIds as idsIn } from '../cleanup/recorded.ts';
import type { Publication } from '../config/publication.ts';
import { recordedFiles } from '../config/recorded-files.ts';
import type { Host } from '../host.ts';
import { fileOfIds } from './record-to.ts';

/**
 * The AMIs that any publication of this project records, this one among them wherever its config lies.
 *
 * @throws ActionableError (4) where a config or a file of ids cannot be read.
 */
export async function recordedIds(
  { record }: Pick<Publication, 'record'>,
  host: Pick<Host, 'cwd'>,
  { sandbox }: { sandbox: boolean },
): Promise<Set<string>> {
  const named = new Set([...recordedFiles(host.cwd), ...(record === undefined ? [] : [record])]);
  return idsIn(
    [...named].map((file) => fileOfIds(file, host, { sandbox })),
    fs,
  );
}
