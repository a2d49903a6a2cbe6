import { DeleteBucketCommand, paginateListBuckets } from '@aws-sdk/client-s3';
import { type Lookup, okLookup } from '../../model/lookup.ts';
import { ask } from '../ask.ts';
import type { Clients } from '../connection.ts';
import { type BucketAddress, inBucket, ofBucket } from './buckets.ts';

/** A bucket of the account. */
export interface OwnBucket {
  name: string;
  /** ISO 8601. */
  created: string;
}

/** An account has 10,000 buckets by default and a million at most ("Bucket quotas", S3 user guide). */
const pagesAtMost = 1000;

/** The account's buckets in a region, all of them. */
export function bucketsIn(clients: Clients, region: string): Promise<Lookup<OwnBucket[]>> {
  return ask('s3:ListAllMyBuckets', region, async () => {
    const client = await clients.s3(region);
    const found: OwnBucket[] = [];
    let pages = 0;
    for await (const { Buckets } of paginateListBuckets(
      { client, pageSize: 1000 },
      { BucketRegion: region },
    )) {
      for (const { Name, CreationDate } of Buckets ?? []) {
        if (Name !== undefined) found.push({ name: Name, created: CreationDate?.toISOString() ?? '' });
      }
      if (++pages > pagesAtMost) throw new Error(`more than ${pagesAtMost} pages of buckets`);
    }
    return found;
  });
}

/**
 * Refused with `BucketNotEmpty` where it contains an object or a version; unfinished uploads do not prevent it. One that is
 * already gone is not an error.
 */
export async function deleteBucket(clients: Clients, bucket: BucketAddress): Promise<Lookup<void>> {
  const outcome = await ask('s3:DeleteBucket', bucket.region, async () => {
    const s3 = await clients.s3(bucket.region);
    await s3.send(new DeleteBucketCommand(inBucket(bucket)));
  });
  if (!outcome.ok && outcome.error.code === 'NoSuchBucket') return okLookup(undefined);
  return ofBucket(bucket, outcome);
}
