import { bucketMarker } from '../instance-store/mark-buckets.ts';
import { tidyBucket } from '../instance-store/marked-bundles.ts';
import { placeOfBundle } from '../instance-store/stored-bundle.ts';
import { type PartOutcome, type Removal, type RemovalOutcome, remains } from '../model/resource.ts';
import type { RemovalRecords } from './removal-records.ts';
import type { RemovalContext } from './remove-ami.ts';
import { removeAmis } from './remove-amis.ts';

/** What to delete in one region. */
export interface RegionRemovals {
  region: string;
  /** The removals decided on, and those that an interrupted run started (`lookUpInterrupted`). */
  removals: readonly Removal[];
  /** Buckets that an interrupted run did not clean up. */
  buckets?: readonly { name: string; release: string }[];
}

export interface RegionOutcome {
  removals: RemovalOutcome[];
  buckets: PartOutcome[];
}

/**
 * Deletes AMIs of one region with their dependents. Writes a record of them first; if that fails, deletes nothing.
 * `src/remove/remove-ami.ts` has the order for each AMI. Buckets come last: a bucket of gopackgo's that is empty by then is
 * deleted, any other stays unchanged.
 */
export async function removeRegion(
  { region, removals, buckets = [] }: RegionRemovals,
  { records, ...options }: { account: string; records: RemovalRecords; sharedStays?: boolean },
  context: RemovalContext,
): Promise<RegionOutcome> {
  try {
    await records.write(region, removals);
  } catch (error) {
    const why = `the record of what is deleted could not be written: ${(error as Error).message}`;
    return { removals: removals.map((removal) => ({ removal, ...remains(why), parts: [] })), buckets: [] };
  }
  const marked = bucketMarker(context);
  const outcomes = await removeAmis(region, removals, { ...options, buckets: marked }, context);
  const tidied: PartOutcome[] = [];
  for (const [name, release] of concerned(outcomes, buckets)) {
    const done = await tidyBucket({ name, region, account: options.account }, release, context);
    if (!done) continue;
    tidied.push({ kind: 'bucket', id: name, ...done });
    if (done.outcome === 'removed') context.emit({ type: 'removed', region, kind: 'bucket', id: name });
  }
  return { removals: outcomes, buckets: tidied };
}

/** Buckets with possible changes, each with a release it may belong to. Pure. */
function concerned(
  outcomes: readonly RemovalOutcome[],
  others: readonly { name: string; release: string }[],
): Map<string, string> {
  const all = new Map(others.map(({ name, release }) => [name, release]));
  for (const { removal, outcome } of outcomes) {
    if (outcome === 'removed' && removal.location !== undefined)
      all.set(placeOfBundle(removal.location).bucket, removal.release);
  }
  return all;
}
