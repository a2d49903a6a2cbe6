import type { Context } from '../aws/context.ts';
import type { BucketAddress } from '../aws/s3/buckets.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { type Lookup, okLookup } from '../model/lookup.ts';
import { failed, kept, type Outcome, removed } from '../model/resource.ts';
import { tagKeys } from '../model/resource-names.ts';
import { deleteIfEmpty } from './empty-bucket.ts';
import { s3 } from './s3.ts';
import { bundlesAmong, isOurs, markerOf } from './stored-bundle.ts';

/** A bundle whose AMI a run deregistered, or was about to deregister. */
export interface MarkedBundle {
  ami: string;
  release: string;
  target: string;
  location: string;
}

/** The bundles in a bucket that are marked as having had their AMI deregistered. */
export async function markedBundles(
  bucket: BucketAddress,
  { clients }: Pick<Context, 'clients'>,
): Promise<Lookup<MarkedBundle[]>> {
  const { findObjects, objectTags } = await s3();
  const found = await findObjects(clients, bucket, '');
  if (!found.ok) return found;
  const lookups = await Promise.all(
    [...bundlesAmong(found.value)].map(async ([stem, { objects }]): Promise<Lookup<MarkedBundle[]>> => {
      const marker = markerOf(objects);
      if (marker === undefined) return okLookup([]);
      const tags = await objectTags(clients, bucket, marker);
      if (!tags.ok) return tags;
      const {
        [tagKeys.deregistered]: ami,
        [tagKeys.release]: release,
        [tagKeys.target]: target,
      } = tags.value ?? {};
      if (ami === undefined || release === undefined || target === undefined) return okLookup([]);
      return okLookup([{ ami, release, target, location: `${bucket.name}/${stem}manifest.xml` }]);
    }),
  );
  const marked: MarkedBundle[] = [];
  for (const lookup of lookups) {
    if (!lookup.ok) return lookup;
    marked.push(...lookup.value);
  }
  return okLookup(marked);
}

/**
 * Cleans up a bucket after bundles in it were removed: deletes the release's own bucket if it is empty, and removes the mark
 * from any other. Undefined if there is nothing to report: the bucket does not exist, or is not gopackgo's and was left
 * unchanged.
 */
export async function tidyBucket(
  bucket: BucketAddress,
  release: string,
  { clients }: Pick<Context, 'clients'>,
): Promise<Outcome | undefined> {
  const { bucketTags, tagBucket } = await s3();
  const tags = await bucketTags(clients, bucket);
  if (!tags.ok) return failed(tags.error);
  if (tags.value === undefined) return undefined;
  const { [tagKeys.deregistered]: mark, ...others } = tags.value;
  if (mark !== undefined) {
    const marked = await markedBundles(bucket, { clients });
    if (!marked.ok) return failed(marked.error);
    if (marked.value.length > 0) return kept('a bundle in it could not be removed yet');
  }
  const { name, region, account } = bucket;
  const ours = isOurs(name, tags.value, { release, region, ...definedOnly({ account }) });
  if (ours) {
    const gone = await deleteIfEmpty(bucket, { clients });
    if (!gone.ok) return failed(gone.error);
    if (gone.value) return removed;
  }
  if (mark !== undefined) {
    const untagged = await tagBucket(clients, bucket, others);
    if (!untagged.ok) return failed(untagged.error);
  }
  return ours ? kept('it is not empty') : undefined;
}

/** The account's buckets in a region, with their tags. Those not named `gopackgo-…` that these credentials may not read are skipped. */
export async function taggedBuckets(
  region: string,
  account: string,
  { clients }: Pick<Context, 'clients'>,
): Promise<Lookup<{ bucket: BucketAddress; created: string; tags: Record<string, string> }[]>> {
  const { bucketsIn, bucketTags } = await s3();
  const all = await bucketsIn(clients, region);
  if (!all.ok) return all;
  const lookups = await Promise.all(
    all.value.map(async ({ name, created }) => {
      const bucket = { name, region, account };
      return { bucket, created, lookup: await bucketTags(clients, bucket) };
    }),
  );
  const found = [];
  for (const { bucket, created, lookup } of lookups) {
    const closed = !lookup.ok && lookup.error.code === 'AccessDenied' && !bucket.name.startsWith('gopackgo-');
    if (!lookup.ok && !closed) return lookup;
    if (lookup.ok && lookup.value !== undefined) found.push({ bucket, created, tags: lookup.value });
  }
  return okLookup(found);
}
