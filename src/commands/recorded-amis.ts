import fs from 'node:fs/promises';
import { normalize } from 'node:path';
import { recordedIds } from '../cleanup/recorded-ids.ts';
import { recordedFiles } from '../config/recording-publications.ts';
import type { Publication } from '../model/publication.ts';
import type { Host } from './host.ts';
import { fileOfIds } from './record-destination.ts';

/**
 * The ids in every file that this publication or another one in `configs/` records to; in a rehearsal, in their copies.
 *
 * @throws ActionableError (4) where one of the configs or files cannot be read.
 */
export function recordedAmis(
  { record }: Pick<Publication, 'record'>,
  host: Pick<Host, 'cwd'>,
  where: { sandbox: boolean },
): Promise<Set<string>> {
  const own = record === undefined ? [] : [normalize(record)];
  const files = new Set([...recordedFiles(host.cwd), ...own]);
  return recordedIds(
    [...files].map((file) => fileOfIds(file, host, where)),
    fs,
  );
}
