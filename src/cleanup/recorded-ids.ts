import type { RecordFormatName } from '../model/publication.ts';
import type { Disk } from '../record/disk.ts';
import { readIds } from '../record/ids-file.ts';
import { type RecordFile, readRecord } from '../record/record-file.ts';

/**
 * All ids in files that publications record to; AMIs listed there are never deleted. A file that does not exist yet lists none.
 * In a file of another format, everything that looks like an AMI id counts, wherever it is.
 *
 * @throws ActionableError (4) if a file cannot be read, with its place.
 */
export async function recordedIds(
  files: readonly { file: RecordFile; as: RecordFormatName }[],
  disk: Disk,
): Promise<Set<string>> {
  const read = await Promise.all(files.map(({ file, as }) => idsIn(file, as, disk)));
  return new Set(read.flat());
}

async function idsIn(file: RecordFile, as: RecordFormatName, disk: Disk): Promise<string[]> {
  if (as === 'ids') return (await readIds(file, disk)).map(({ id }) => id);
  const found = await readRecord(file, disk);
  return [...(found?.text.matchAll(/\bami-[0-9a-f]+\b/g) ?? [])].map(([id]) => id);
}
