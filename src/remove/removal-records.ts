import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../lib/write-atomically.ts';
import type { Removal } from '../model/resource.ts';

/** Where it is written down what is about to go. */
export interface RemovalRecords {
  /** @throws the error of the disk; nothing may go then. */
  write(region: string, removals: readonly Removal[]): Promise<void>;
}

/** What one of these files holds. */
export interface RemovalRecord {
  format: 1;
  release: string;
  account: string;
  endpoint: string;
  region: string;
  /** ISO 8601. */
  at: string;
  removals: Removal[];
}

/**
 * A file for each release and run, `.gopackgo/<release>/cleanup/<time>-<region>.json`, that is never written again. They are
 * for people: what a later run goes on with it knows from tags in AWS, so that it does on any machine.
 *
 * @param folder of releases, absolute.
 */
export function removalRecordsIn(
  folder: string,
  { account, endpoint, now }: { account: string; endpoint: string; now: () => Date },
): RemovalRecords {
  return {
    async write(region, removals) {
      const at = now().toISOString();
      for (const [release, some] of Map.groupBy(removals, (removal) => removal.release)) {
        const written: RemovalRecord = { format: 1, release, account, endpoint, region, at, removals: some };
        // It is what a tag says, and anybody may write one: a slash in it leads nowhere.
        const into = join(folder, release.replaceAll('/', '%2F'), 'cleanup');
        await mkdir(into, { recursive: true });
        const file = join(into, `${at.replaceAll(':', '-')}-${region}.json`);
        await writeAtomically(file, `${JSON.stringify(written, null, 2)}\n`);
      }
    },
  };
}
