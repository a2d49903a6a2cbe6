import pLimit from 'p-limit';
import { isDeregistered } from '../aws/ami-states.ts';
import { findImages } from '../aws/images.ts';
import { findSnapshots } from '../aws/snapshots.ts';
import { partsReader } from '../instance-store/bundle-users.ts';
import { type BucketMarker, bucketMarker } from '../instance-store/mark-buckets.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { allLookups, type Lookup, okLookup } from '../model/lookup.ts';
import { failed, type Removal, type RemovalOutcome } from '../model/resource.ts';
import { type RegionBefore, type RemovalContext, removeAmi } from './remove-ami.ts';

/** AMIs in progress at once in one region, so that calls use the request rates of several actions in parallel. */
const atOnce = 16;

export interface RemoveOptions {
  /** Account of the AMIs; without it a bucket without tags has no known owner. */
  account?: string;
  /** Whether to keep an AMI if others may by now use it or its snapshots; otherwise their permissions are removed. */
  sharedStays?: boolean;
  buckets?: BucketMarker;
}

/**
 * Deletes AMIs of one region, each in the safe order. If one of the first lookups fails, nothing is deleted; a later failure
 * only stops its own AMI. After `context.stop` no AMI is started, and those in progress are finished.
 *
 * @returns the outcome of each AMI; an AMI without one was not started.
 */
export async function removeAmis(
  region: string,
  removals: readonly Removal[],
  options: RemoveOptions,
  context: RemovalContext,
): Promise<RemovalOutcome[]> {
  if (removals.length === 0) return [];
  const lookup = await lookUpBefore(region, removals, options, context);
  if (!lookup.ok) return removals.map((removal) => ({ removal, ...failed(lookup.error), parts: [] }));
  const limit = pLimit(atOnce);
  const outcomes = await Promise.all(
    removals.map((removal) =>
      limit(async (): Promise<RemovalOutcome[]> => {
        if (context.stop.aborted) return [];
        return [{ removal, ...(await removeAmi(removal, lookup.value, context)) }];
      }),
    ),
  );
  return lastOfEach(outcomes.flat());
}

/** A dependent of two AMIs is kept when the first is deleted and removed with the second; only the removal is reported. Pure. */
function lastOfEach(outcomes: readonly RemovalOutcome[]): RemovalOutcome[] {
  const reported = new Set<string>();
  const removed = new Set(
    outcomes.flatMap(({ parts }) => parts.flatMap(({ id, outcome }) => (outcome === 'removed' ? [id] : []))),
  );
  return outcomes.map((one) => ({
    ...one,
    parts: one.parts.filter(({ id, outcome }) => {
      if (!removed.has(id)) return true;
      if (outcome !== 'removed' || reported.has(id)) return false;
      reported.add(id);
      return true;
    }),
  }));
}

/** Everything found in a region before any of these AMIs is changed. */
export async function lookUpBefore(
  region: string,
  removals: readonly Removal[],
  { account, sharedStays = false, buckets }: RemoveOptions,
  context: RemovalContext,
): Promise<Lookup<RegionBefore>> {
  const { clients } = context;
  const amis = removals.map(({ ami }) => ami);
  const ids = [...new Set(removals.flatMap(({ snapshots }) => snapshots))];
  const stored = removals.some(({ location }) => location !== undefined);
  const onS3 = { owner: 'self', filters: { 'root-device-type': ['instance-store'] } };
  const [stillExisting, snapshots, users, images] = await Promise.all([
    findImages(clients, region, { owner: 'self', ids: amis }),
    findSnapshots(clients, region, { ids }),
    findImages(clients, region, { owner: 'self', snapshots: ids }),
    stored ? findImages(clients, region, onS3) : okLookup([]),
  ]);
  const lookups = allLookups({ stillExisting, snapshots, users, images });
  if (!lookups.ok) return lookups;
  const { value } = lookups;
  const usersOf = new Map<string, string[]>();
  for (const { id, snapshots: its } of value.users) {
    for (const snapshot of its) usersOf.set(snapshot, [...(usersOf.get(snapshot) ?? []), id]);
  }
  return okLookup({
    stillExisting: new Set(value.stillExisting.flatMap((ami) => (isDeregistered(ami) ? [] : [ami.id]))),
    snapshots: new Map(value.snapshots.map((snapshot) => [snapshot.id, snapshot])),
    users: usersOf,
    staying: value.images.filter(({ id }) => !amis.includes(id)),
    going: new Set(amis),
    gone: new Set<string>(),
    sharedStays,
    buckets: buckets ?? bucketMarker(context),
    readParts: partsReader(context),
    ...definedOnly({ account }),
  });
}
