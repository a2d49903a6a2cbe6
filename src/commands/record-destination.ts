import fs from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import type { Problem } from '../lib/problem.ts';
import type { Publication } from '../model/publication.ts';
import { combinedImages } from '../plan/image.ts';
import { isTooLarge } from '../plan/name-problems.ts';
import type { IdsFile } from '../record/ids-file.ts';
import { keptUbuntu } from '../record/kept-ubuntu.ts';
import { kindOf, recordProblems } from '../record/kind.ts';
import type { Destination } from '../record/record.ts';
import type { Host } from './host.ts';
import { claimantOf } from './lock-release.ts';
import { sandboxFolder } from './open-sandbox.ts';

/** A rule for `readPublication`: what a publication that records ids has to fulfil. */
export const recordable = (publication: Publication): Problem[] =>
  isTooLarge(publication) ? [] : recordProblems(publication, combinedImages(publication));

/** The ids file that a config names; in a rehearsal its copy among the sandbox's own files. */
export function fileOfIds(
  record: string,
  { cwd }: Pick<Host, 'cwd'>,
  { sandbox }: { sandbox: boolean },
): IdsFile {
  const own = { path: resolve(cwd, record), shown: record };
  if (!sandbox) return own;
  const copy = join(sandboxFolder(cwd), encodeURIComponent(record));
  return { path: copy, shown: relative(cwd, copy), startFrom: own };
}

/**
 * Where this release's ids are recorded: in the file that the config names, or, in a rehearsal, in its copy among the
 * sandbox's own files.
 */
export function recordDestination(
  publication: Publication,
  host: Pick<Host, 'cwd' | 'name' | 'pid'>,
  { sandbox }: { sandbox: boolean },
): Destination | undefined {
  const { record } = publication;
  if (record === undefined) return undefined;
  const kinds = combinedImages(publication).flatMap((image) => {
    const kind = kindOf(image);
    return kind ? [[image.name, kind] as const] : [];
  });
  return {
    file: fileOfIds(record, host, { sandbox }),
    kinds: new Map(kinds),
    keptUbuntu,
    writer: claimantOf(host),
    disk: fs,
  };
}
