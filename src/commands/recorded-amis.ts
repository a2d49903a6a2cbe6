import fs from 'node:fs/promises';
import { recordedIds } from '../cleanup/recorded-ids.ts';
import { recordedFiles } from '../config/recording-publications.ts';
import type { Publication } from '../model/publication.ts';
import type { Host } from './host.ts';
import { recordFileOf } from './record-destination.ts';

/**
 * The ids in every file that this publication or another one in `configs/` records to; in a rehearsal, in their copies.
 *
 * @throws ActionableError (4) if one of the configs or files cannot be read.
 */
export function recordedAmis(
  { record = [] }: Pick<Publication, 'record'>,
  host: Pick<Host, 'cwd'>,
  where: { sandbox: boolean },
): Promise<Set<string>> {
  const own = record.map(({ file, as }) => ({ file, as }));
  const all = [...recordedFiles(host.cwd), ...own];
  const each = new Map(all.map((one) => [`${one.as} ${one.file}`, one]));
  return recordedIds(
    [...each.values()].map(({ file, as }) => ({ file: recordFileOf(file, host, where), as })),
    fs,
  );
}
