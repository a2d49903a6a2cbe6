import type { Claimant } from '../lib/file-lock.ts';
import type { Disk } from './disk.ts';
import type { Entry } from './entry.ts';
import { type Merged, mergeIds } from './merge.ts';
import { parseIds } from './parse.ts';
import { changeFile, notSuchAFile, type RecordFile, readRecord } from './record-file.ts';
import { renderIds } from './render.ts';

/**
 * The entries of an ids file; none if there is no file.
 *
 * @throws ActionableError (4) that lists every unknown part of it; also if it is not a regular file or cannot be read.
 */
export async function readIds(file: RecordFile, disk: Disk): Promise<Entry[]> {
  const found = await readRecord(file, disk);
  return found === undefined ? [] : entriesOf(found.text, found.of);
}

/**
 * Merges entries into an ids file.
 *
 * @throws what `readIds` and `changeFile` throw.
 */
export function recordIds(
  file: RecordFile,
  ours: readonly Entry[],
  writer: Claimant,
  disk: Disk,
): Promise<Merged> {
  const change = (text: string | undefined, of: RecordFile) => {
    const outcome = mergeIds(text === undefined ? [] : entriesOf(text, of), ours);
    return { text: renderIds(outcome.entries), outcome };
  };
  return changeFile(file, change, writer, disk);
}

function entriesOf(text: string, { shown }: RecordFile): Entry[] {
  const parsed = parseIds(text);
  if (parsed.ok) return parsed.entries;
  throw notSuchAFile(shown, parsed.problems);
}
