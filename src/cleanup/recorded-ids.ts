import type { Disk } from '../record/disk.ts';
import { type IdsFile, readIds } from '../record/ids-file.ts';

/**
 * The ids in files of ids, all of them: AMIs that people look up there are never deleted. A file that is not there yet names
 * none.
 *
 * @throws ActionableError (4) where one cannot be read, with its place.
 */
export async function recordedIds(files: readonly IdsFile[], disk: Disk): Promise<Set<string>> {
  const read = await Promise.all(files.map((file) => readIds(file, disk)));
  return new Set(read.flat().map(({ id }) => id));
}
