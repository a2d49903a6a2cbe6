import type { Context } from '../aws/context.ts';
import type { BucketAddress } from '../aws/s3/buckets.ts';
import { type Lookup, okLookup } from '../model/lookup.ts';
import { s3 } from './s3.ts';

/** Deletes a bucket if it is empty and has no unfinished uploads, which S3 alone would not check. Returns whether it is gone. */
export async function deleteIfEmpty(
  bucket: BucketAddress,
  { clients }: Pick<Context, 'clients'>,
): Promise<Lookup<boolean>> {
  const { findUploads, isEmptyBucket, deleteBucket } = await s3();
  const empty = await isEmptyBucket(clients, bucket);
  if (!empty.ok) return empty.error.code === 'NoSuchBucket' ? okLookup(true) : empty;
  if (!empty.value) return okLookup(false);
  const uploads = await findUploads(clients, bucket);
  if (!uploads.ok) return uploads;
  if (uploads.value.length > 0) return okLookup(false);
  const deleted = await deleteBucket(clients, bucket);
  if (!deleted.ok && deleted.error.code === 'BucketNotEmpty') return okLookup(false);
  return deleted.ok ? okLookup(true) : deleted;
}
