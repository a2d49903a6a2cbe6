import type { World } from '../aws/context.ts';
import type { BucketAddress } from '../aws/s3/buckets.ts';
import { type Look, seen } from '../model/lookup.ts';

/** S3 would delete a bucket that somebody uploads to; all else in it S3 sees to itself. Tells whether it is gone. */
export async function deleteIfEmpty(
  bucket: BucketAddress,
  { clients }: Pick<World, 'clients'>,
): Promise<Look<boolean>> {
  const { findUploads } = await import('../aws/s3/stored-objects.ts');
  const { isEmptyBucket } = await import('../aws/s3/buckets.ts');
  const { deleteBucket } = await import('../aws/s3/account-buckets.ts');
  const empty = await isEmptyBucket(clients, bucket);
  if (!empty.ok) return empty.error.code === 'NoSuchBucket' ? seen(true) : empty;
  if (!empty.value) return seen(false);
  const uploads = await findUploads(clients, bucket);
  if (!uploads.ok) return uploads;
  if (uploads.value.length > 0) return seen(false);
  const deleted = await deleteBucket(clients, bucket);
  if (!deleted.ok && deleted.error.code === 'BucketNotEmpty') return seen(false);
  return deleted.ok ? seen(true) : deleted;
}
