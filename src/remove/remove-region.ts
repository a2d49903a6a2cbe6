import { bucketMarker } from '../instance-store/mark-buckets.ts';
import { tidyBucket } from '../instance-store/marked-bundles.ts';
import { placeOfBundle } from '../instance-store/stored-bundle.ts';
import type { LookupError } from '../model/lookup.ts';
import type { Part, Removal, RemovalOutcome } from '../model/removal.ts';
import type { RemovalRecords } from './removal-records.ts';
import type { RemovalContext } from './remove-ami.ts';
import { notBegun, removeAmis } from './remove-amis.ts';

/** What goes in one region. */
export interface RegionRemovals {
  region: string;
  /** Those that were decided on, and those that an earlier run began (`lookUpInterrupted`). */
  removals: readonly Removal[];
  /** Buckets that an earlier run did not come to look after. */
  buckets?: readonly { name: string; release: string }[];
}

export interface RegionOutcome {
  removals: RemovalOutcome[];
  buckets: Part[];
}

/**
 * Removes AMIs of one region with all that hangs on them. It is written down first what goes: where that fails nothing does.
 * The order in which each goes is in `src/remove/remove-ami.ts`. Buckets come last: one of this tool's that is empty then
 * is removed, any other one is as it was before.
 */
export async function removeRegion(
  { region, removals, buckets = [] }: RegionRemovals,
  { records, ...options }: { account: string; records: RemovalRecords; sharedStays?: boolean },
  context: RemovalContext,
): Promise<RegionOutcome> {
  try {
    await records.write(region, removals);
  } catch (error) {
    const unwritten = notWritten(region, error as Error);
    return { removals: removals.map((removal) => notBegun(removal, unwritten)), buckets: [] };
  }
  const marked = bucketMarker(context);
  const outcomes = await removeAmis(region, removals, { ...options, buckets: marked }, context);
  const tidied: Part[] = [];
  for (const [name, release] of concerned(outcomes, buckets)) {
    const fate = await tidyBucket({ name, region, account: options.account }, release, context);
    if (!fate) continue;
    tidied.push({ kind: 'bucket', id: name, fate });
    if (fate.is === 'removed') context.emit({ type: 'removed', region, kind: 'bucket', id: name });
  }
  return { removals: outcomes, buckets: tidied };
}

/** Buckets in which something changed, or may have, each with a release that it may be of. Pure. */
function concerned(
  outcomes: readonly RemovalOutcome[],
  others: readonly { name: string; release: string }[],
): Map<string, string> {
  const all = new Map(others.map(({ name, release }) => [name, release]));
  for (const { removal, parts } of outcomes) {
    const begun = parts.every(({ kind, fate }) => kind !== 'AMI' || fate.is === 'removed');
    if (begun && removal.location !== undefined)
      all.set(placeOfBundle(removal.location).bucket, removal.release);
  }
  return all;
}

const notWritten = (region: string, { message }: Error): LookupError => ({
  code: 'NotWrittenDown',
  message: `what goes could not be written down: ${message}`,
  operation: 'write',
  region,
});
