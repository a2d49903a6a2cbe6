import type { Disk } from '../record/disk.ts';
import { type IdsFile, readIds } from '../record/ids-file.ts';

/**
 * All ids in ids files: AMIs that are listed there are never deleted. A file that does not exist yet lists none.
 *
 * @throws ActionableError (4) where one cannot be read, with its place.
 */
export async function recordedIds(files: readonly IdsFile[], disk: Disk): Promise<Set<string>> {
  const read = await Promise.all(files.map((file) => readIds(file, disk)));
  return new Set(read.flat().map(({ id }) => id));
}
