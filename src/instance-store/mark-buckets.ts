import pLimit, { type LimitFunction } from 'p-limit';
import type { Context } from '../aws/context.ts';
import type { BucketAddress } from '../aws/s3/buckets.ts';
import { type Lookup, okLookup } from '../model/lookup.ts';
import type { Removal } from '../model/resource.ts';
import { tagKeys } from '../model/resource-names.ts';
import { s3 } from './s3.ts';
import type { StoredBundle } from './stored-bundle.ts';

/** Tags on what remains of an AMI in S3, so that a later run on any machine finds it. */
export interface BucketMarker {
  /** Before the AMI is deregistered: tags its bucket as holding such bundles, and the object deleted last with the AMI's id. */
  mark(removal: Removal, bundle: StoredBundle): Promise<Lookup<void>>;
  /** The buckets that this run marked. */
  marked(): BucketAddress[];
}

/**
 * A bucket's tags can only be written all together, and S3 may return old ones for a while: each bucket's tags are written once
 * per run, one call at a time, added to those that were read.
 */
export function bucketMarker({ clients }: Pick<Context, 'clients'>): BucketMarker {
  const buckets = new Map<string, { address: BucketAddress; limit: LimitFunction; done?: Lookup<void> }>();
  return {
    marked: () => [...buckets.values()].map(({ address }) => address),
    async mark(removal, { bucket, bucketTags, ours, marker }) {
      if (marker === undefined) return okLookup(undefined);
      const known = buckets.get(bucket.name) ?? { address: bucket, limit: pLimit(1) };
      buckets.set(bucket.name, known);
      const marked = await known.limit(async () => {
        if (known.done?.ok) return known.done;
        known.done = await markBucket(clients, bucket, bucketTags, ours, removal);
        return known.done;
      });
      return marked.ok ? markObject(clients, bucket, marker, removal) : marked;
    },
  };
}

async function markBucket(
  clients: Context['clients'],
  bucket: BucketAddress,
  tags: Readonly<Record<string, string>>,
  ours: boolean,
  { release }: Removal,
): Promise<Lookup<void>> {
  if (tags[tagKeys.deregistered] !== undefined) return okLookup(undefined);
  const { tagBucket } = await s3();
  const own = ours ? { [tagKeys.release]: release } : {};
  return tagBucket(clients, bucket, { ...own, ...tags, [tagKeys.deregistered]: release });
}

async function markObject(
  clients: Context['clients'],
  bucket: BucketAddress,
  key: string,
  { ami, release, target }: Removal,
): Promise<Lookup<void>> {
  const { objectTags, tagObject } = await s3();
  const tags = await objectTags(clients, bucket, key);
  if (!tags.ok) return tags;
  if (tags.value === undefined) return okLookup(undefined);
  return tagObject(clients, bucket, key, {
    ...tags.value,
    [tagKeys.release]: release,
    [tagKeys.target]: target,
    [tagKeys.deregistered]: ami,
  });
}
