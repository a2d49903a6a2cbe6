import { randomUUID } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';

/** Replaces a file as a whole: readers see the old content or the new one, never a part. */
export function writeAtomically(file: string, content: string, mode = 0o600): void {
  const unfinished = `${file}.${randomUUID()}.tmp`;
  writeFileSync(unfinished, content, { mode });
  renameSync(unfinished, file);
}
