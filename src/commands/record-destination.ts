import fs from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import type { Problem } from '../lib/problem.ts';
import type { Publication, RecordSettings } from '../model/publication.ts';
import { combinedImages } from '../plan/image.ts';
import { isTooLarge } from '../plan/name-problems.ts';
import { formatOf } from '../record/format-of.ts';
import { mappingAttribute } from '../record/map-formats.ts';
import type { Destination } from '../record/record.ts';
import type { RecordFile } from '../record/record-file.ts';
import type { Host } from './host.ts';
import { claimantOf } from './lock-release.ts';
import { sandboxFolder } from './open-sandbox.ts';

/** A rule for `readPublication`: if it records to CloudFormation mappings, they can distinguish its images. */
export function recordable(publication: Publication): Problem[] {
  const { record = [] } = publication;
  if (!record.some(({ as }) => as === 'cloudformation') || isTooLarge(publication)) return [];
  const first = new Map<string, string>();
  return combinedImages(publication).flatMap(({ name, place }): Problem[] => {
    const attribute = mappingAttribute(name);
    const earlier = first.get(attribute);
    if (earlier === undefined && attribute !== '') {
      first.set(attribute, name);
      return [];
    }
    const expected =
      'an image whose name differs in its letters and digits, since a CloudFormation mapping allows nothing else';
    const found = earlier === undefined ? name : `${earlier} and ${name}, both ${attribute}`;
    return [{ place: `${place}.name`, expected, found }];
  });
}

/** The file that a config records to; in a rehearsal its copy among the sandbox's own files. */
export function recordFileOf(
  record: string,
  { cwd }: Pick<Host, 'cwd'>,
  { sandbox }: { sandbox: boolean },
  what?: string,
): RecordFile {
  const own = { path: resolve(cwd, record), shown: record, ...(what === undefined ? {} : { what }) };
  if (!sandbox) return own;
  const copy = join(sandboxFolder(cwd), encodeURIComponent(record));
  return { ...own, path: copy, shown: relative(cwd, copy), startFrom: own };
}

/** The files for this release's AMIs: those in the config or, in a rehearsal, their copies among the sandbox's own files. */
export function recordDestinations(
  publication: Publication,
  host: Pick<Host, 'cwd' | 'name' | 'pid'>,
  where: { sandbox: boolean },
): Destination[] {
  const { record = [], name } = publication;
  if (record.length === 0) return [];
  const images = combinedImages(publication);
  const writer = claimantOf(host);
  return record.map((settings: RecordSettings) => {
    const format = formatOf(settings, name, images);
    return { file: recordFileOf(settings.file, host, where, format.what), format, writer, disk: fs };
  });
}
