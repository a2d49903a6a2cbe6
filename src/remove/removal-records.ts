import { join } from 'node:path';
import { makeOwnFolder, ownMode } from '../lib/own-files.ts';
import { writeAtomically } from '../lib/write-atomically.ts';
import type { Removal } from '../model/resource.ts';

/** Where to write the record of a deletion before it happens. */
export interface RemovalRecords {
  /** @throws the disk's error; nothing may be deleted then. */
  write(region: string, removals: readonly Removal[]): Promise<void>;
}

/** The content of one record file. */
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
 * One file per release and run, `.gopackgo/<release>/cleanup/<time>-<region>.json`, never overwritten. The files are for
 * people: a later run, on any machine, resumes from tags in AWS.
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
        // The release comes from a tag, which anybody may write, so a slash in it must not lead to another folder.
        const into = join(folder, release.replaceAll('/', '%2F'), 'cleanup');
        makeOwnFolder(into);
        const file = join(into, `${at.replaceAll(':', '-')}-${region}.json`);
        await writeAtomically(file, `${JSON.stringify(written, null, 2)}\n`, ownMode);
      }
    },
  };
}
