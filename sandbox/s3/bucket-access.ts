import type { Context } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import type { BucketRecord, CannedAcl, ObjectVersion } from '../model/bucket-records.ts';
import type { Collection, Store } from '../state/store.ts';
import { isPublic } from './acl.ts';
import { accessDenied, noSuchBucket } from './errors.ts';

/** The members of every request to a bucket. */
export interface BucketInput {
  Bucket?: string | undefined;
  ExpectedBucketOwner?: string | undefined;
}

/** Buckets of all accounts and regions, by name. */
export const bucketsIn = (store: Store): Collection<'bucket'> => store.of('bucket', '', '');

/** Replaces a bucket's record. */
export const putBucket = ({ store }: Context, bucket: BucketRecord): void =>
  bucketsIn(store).put(bucket.name, bucket);

/**
 * The bucket of a request, for any caller. Throws `NoSuchBucket`; `PermanentRedirect`, which names the region, if the bucket is
 * in another region; `AccessDenied` if the request expects another owner.
 */
export const anyBucket = (
  context: Context,
  { Bucket = '', ExpectedBucketOwner }: BucketInput,
): BucketRecord => {
  const bucket = bucketsIn(context.store).get(Bucket);
  if (!bucket) throw noSuchBucket(Bucket);
  if (bucket.region !== context.region) throw redirect(bucket);
  if (ExpectedBucketOwner !== undefined && ExpectedBucketOwner !== bucket.owner) throw accessDenied();
  return bucket;
};

/** The bucket of a request, for its owner. Throws `AccessDenied` for anyone else, since there are no bucket policies here. */
export const ownBucket = (context: Context, input: BucketInput): BucketRecord => {
  const bucket = anyBucket(context, input);
  if (bucket.owner !== context.account) throw accessDenied();
  return bucket;
};

/**
 * Whether the caller may read something with this ACL in a bucket: its owner, or anyone whom the ACL allows, unless the bucket
 * ignores it.
 */
export const mayRead = ({ account }: Context, bucket: BucketRecord, acl: CannedAcl): boolean => {
  if (account === bucket.owner) return true;
  const isIgnored =
    bucket.ownership === 'BucketOwnerEnforced' || bucket.publicAccessBlock?.IgnorePublicAcls === true;
  return !isIgnored && isPublic(acl) && (acl !== 'authenticated-read' || account !== '');
};

/** Throws `AccessDenied` unless the caller may read this object. */
export const checkMayRead = (context: Context, bucket: BucketRecord, { acl }: ObjectVersion): void => {
  if (!mayRead(context, bucket, acl)) throw accessDenied();
};

const redirect = ({ name, region }: BucketRecord): AwsError =>
  new AwsError(
    'PermanentRedirect',
    'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
    {
      details: { Endpoint: `${name}.s3.${region}.amazonaws.com`, Bucket: name },
      headers: { 'x-amz-bucket-region': region },
    },
  );
