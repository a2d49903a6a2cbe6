import {
  CreateBucketCommand,
  DeleteBucketTaggingCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  ListObjectsV2Command,
  PutBucketTaggingCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import { definedOnly } from '../../lib/defined-only.ts';
import { failedLookup, type Lookup, okLookup } from '../../model/lookup.ts';
import { ask } from '../ask.ts';
import type { Clients } from '../connection.ts';
import { toTags } from '../tags.ts';

/** A bucket with its expected region and, if given, its expected owner. */
export interface BucketAddress {
  name: string;
  region: string;
  account?: string;
}

/** The bucket parameters of S3 calls. */
export const inBucket = ({ name, account }: BucketAddress) => ({
  Bucket: name,
  ...definedOnly({ ExpectedBucketOwner: account }),
});

/**
 * The tags of a bucket; undefined where no such bucket exists. For a bucket of another account S3 returns `AccessDenied`, in
 * another region `PermanentRedirect`; neither counts as absent.
 */
export async function bucketTags(
  clients: Clients,
  bucket: BucketAddress,
): Promise<Lookup<Record<string, string> | undefined>> {
  const { region } = bucket;
  const lookup = await ask('s3:GetBucketTagging', region, async () => {
    const s3 = await clients.s3(region);
    const { TagSet } = await s3.send(new GetBucketTaggingCommand(inBucket(bucket)));
    return toTags(TagSet);
  });
  if (lookup.ok) return lookup;
  if (lookup.error.code === 'NoSuchTagSet') return okLookup({});
  if (lookup.error.code === 'NoSuchBucket') return okLookup(undefined);
  return ofBucket(bucket, lookup);
}

/**
 * Creates a bucket with ACLs enabled, which the AMI tools upload with, and nothing public. EC2 reads a bundle through a grant to
 * its own account (`aws-exec-read`), which is not public, so block public access does not prevent it (S3 user guide, "Blocking
 * public access": public is what is granted to AllUsers or AuthenticatedUsers). us-east-1 is the one region that is not passed
 * as a location constraint.
 */
export function createBucket(clients: Clients, bucket: BucketAddress): Promise<Lookup<void>> {
  const { name, region } = bucket;
  return ask('s3:CreateBucket', region, async () => {
    const s3 = await clients.s3(region);
    const place = region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: region } };
    await s3.send(
      new CreateBucketCommand({
        Bucket: name,
        ObjectOwnership: 'BucketOwnerPreferred',
        ...(place as object),
      }),
    );
  });
}

export function blockPublicAccess(clients: Clients, bucket: BucketAddress): Promise<Lookup<void>> {
  return ask('s3:PutBucketPublicAccessBlock', bucket.region, async () => {
    const s3 = await clients.s3(bucket.region);
    await s3.send(
      new PutPublicAccessBlockCommand({
        ...inBucket(bucket),
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          IgnorePublicAcls: true,
          BlockPublicPolicy: true,
          RestrictPublicBuckets: true,
        },
      }),
    );
  });
}

/** Replaces all tags of a bucket. S3 does not accept an empty set: the bucket's tagging is deleted then. */
export function tagBucket(
  clients: Clients,
  bucket: BucketAddress,
  tags: Readonly<Record<string, string>>,
): Promise<Lookup<void>> {
  return ask('s3:PutBucketTagging', bucket.region, async () => {
    const s3 = await clients.s3(bucket.region);
    const TagSet = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    if (TagSet.length === 0) await s3.send(new DeleteBucketTaggingCommand(inBucket(bucket)));
    else await s3.send(new PutBucketTaggingCommand({ ...inBucket(bucket), Tagging: { TagSet } }));
  });
}

/** Whether versioning is, or ever was, enabled. */
export async function isVersioned(clients: Clients, bucket: BucketAddress): Promise<Lookup<boolean>> {
  const lookup = await ask('s3:GetBucketVersioning', bucket.region, async () => {
    const s3 = await clients.s3(bucket.region);
    const { Status } = await s3.send(new GetBucketVersioningCommand(inBucket(bucket)));
    return Status !== undefined;
  });
  return ofBucket(bucket, lookup);
}

/** The settings that matter for a bucket with bundles. */
export interface BucketSettings {
  /** `BucketOwnerEnforced` disables ACLs; a bucket from before 2023 without this setting is `ObjectWriter`. */
  ownership: string;
  /** `Enabled`, `Suspended`, or `never`. */
  versioning: string;
  /** All four settings on. */
  blocksPublicAccess: boolean;
}

export function bucketSettings(clients: Clients, bucket: BucketAddress): Promise<Lookup<BucketSettings>> {
  return ask('s3:GetBucketOwnershipControls', bucket.region, async () => {
    const s3 = await clients.s3(bucket.region);
    const address = inBucket(bucket);
    const controls = await s3
      .send(new GetBucketOwnershipControlsCommand(address))
      .catch(unless('OwnershipControlsNotFoundError'));
    const versioning = await s3.send(new GetBucketVersioningCommand(address));
    const access = await s3
      .send(new GetPublicAccessBlockCommand(address))
      .catch(unless('NoSuchPublicAccessBlockConfiguration'));
    const blocked = access?.PublicAccessBlockConfiguration;
    return {
      ownership: controls?.OwnershipControls?.Rules?.[0]?.ObjectOwnership ?? 'ObjectWriter',
      versioning: versioning.Status ?? 'never',
      blocksPublicAccess:
        blocked?.BlockPublicAcls === true &&
        blocked.IgnorePublicAcls === true &&
        blocked.BlockPublicPolicy === true &&
        blocked.RestrictPublicBuckets === true,
    };
  });
}

/** Error codes that mean that the setting does not exist. */
export const unless = (name: string) => (error: Error) => {
  if (error.name !== name) throw error;
  return undefined;
};

export function isEmptyBucket(clients: Clients, bucket: BucketAddress): Promise<Lookup<boolean>> {
  return ask('s3:ListBucket', bucket.region, async () => {
    const s3 = await clients.s3(bucket.region);
    const { KeyCount } = await s3.send(new ListObjectsV2Command({ ...inBucket(bucket), MaxKeys: 1 }));
    return KeyCount === 0;
  });
}

/** S3's errors do not always name the bucket, and a region may have several. */
export function ofBucket<T>({ name }: BucketAddress, lookup: Lookup<T>): Lookup<T> {
  if (lookup.ok) return lookup;
  const { code, message } = lookup.error;
  const said =
    code === 'AccessDenied'
      ? 'it belongs to another account, since bucket names are unique across AWS, or these credentials may not read it'
      : message;
  return failedLookup({ ...lookup.error, message: `bucket ${name}: ${said}` });
}
