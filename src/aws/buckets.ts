import {
  AbortMultipartUploadCommand,
  CreateBucketCommand,
  DeleteObjectsCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  type MultipartUpload,
  PutBucketTaggingCommand,
  PutPublicAccessBlockCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { type Look, seen, unseen } from '../lib/look.ts';
import { ask, inParts } from './ask.ts';
import type { Clients } from './connection.ts';
import { toTags } from './tags.ts';

/** A bucket, asked for in the region that it should be in, and where that is said, of the account that should own it. */
export interface BucketAddress {
  name: string;
  region: string;
  account?: string;
}

const inBucket = ({ name, account }: BucketAddress) => ({
  Bucket: name,
  ...(account === undefined ? {} : { ExpectedBucketOwner: account }),
});

/**
 * The tags of a bucket; undefined where there is none of this name. One of another account answers `AccessDenied`, one in
 * another region `PermanentRedirect`, and neither counts as absent.
 */
export async function bucketTags(
  clients: Clients,
  bucket: BucketAddress,
): Promise<Look<Record<string, string> | undefined>> {
  const { region } = bucket;
  const look = await ask('s3:GetBucketTagging', region, async () => {
    const s3 = await clients.s3(region);
    const { TagSet } = await s3.send(new GetBucketTaggingCommand(inBucket(bucket)));
    return toTags(TagSet);
  });
  if (look.ok) return look;
  if (look.error.code === 'NoSuchTagSet') return seen({});
  if (look.error.code === 'NoSuchBucket') return seen(undefined);
  return ofBucket(bucket, look);
}

/**
 * Makes a bucket that takes ACLs, which the AMI tools upload with, and nothing public. EC2 reads a bundle by a grant to
 * its own account (`aws-exec-read`), which is no public one, so that blocked public access does not stand against it (S3
 * user guide, "Blocking public access": public is what is granted to AllUsers or AuthenticatedUsers). us-east-1 is the one
 * region that is not named.
 */
export function createBucket(clients: Clients, bucket: BucketAddress): Promise<Look<void>> {
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

export function blockPublicAccess(clients: Clients, bucket: BucketAddress): Promise<Look<void>> {
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

/** These tags take the place of all that it has. */
export function tagBucket(
  clients: Clients,
  bucket: BucketAddress,
  tags: Readonly<Record<string, string>>,
): Promise<Look<void>> {
  return ask('s3:PutBucketTagging', bucket.region, async () => {
    const s3 = await clients.s3(bucket.region);
    const TagSet = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    await s3.send(new PutBucketTaggingCommand({ ...inBucket(bucket), Tagging: { TagSet } }));
  });
}

/** What has to be right of a bucket that bundles go to. */
export interface BucketSettings {
  /** `BucketOwnerEnforced` refuses ACLs; a bucket of before 2023 without any such setting is `ObjectWriter`. */
  ownership: string;
  /** `Enabled`, `Suspended`, or `never`. */
  versioning: string;
  /** All four settings on. */
  blocksPublicAccess: boolean;
}

export function bucketSettings(clients: Clients, bucket: BucketAddress): Promise<Look<BucketSettings>> {
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

/** An answer that says "nothing was set", under an error's name. */
const unless = (name: string) => (error: Error) => {
  if (error.name !== name) throw error;
  return undefined;
};

export function isEmptyBucket(clients: Clients, bucket: BucketAddress): Promise<Look<boolean>> {
  return ask('s3:ListBucket', bucket.region, async () => {
    const s3 = await clients.s3(bucket.region);
    const { KeyCount } = await s3.send(new ListObjectsV2Command({ ...inBucket(bucket), MaxKeys: 1 }));
    return KeyCount === 0;
  });
}

/** Objects whose keys begin alike, and uploads of such objects that were begun and not finished. */
export interface StoredObjects {
  keys: string[];
  uploads: { key: string; id: string }[];
}

/** A bundle's parts are of 10 MB, and it has 10 GB at most: about a thousand objects. */
const pagesAtMost = 100;

/** What lies under a prefix of keys. Nothing where there is no such bucket. */
export async function findObjects(
  clients: Clients,
  bucket: BucketAddress,
  prefix: string,
): Promise<Look<StoredObjects>> {
  const look = await ask('s3:ListBucket', bucket.region, async () => {
    const s3 = await clients.s3(bucket.region);
    const keys: string[] = [];
    const query = { ...inBucket(bucket), Prefix: prefix };
    for await (const page of paginateListObjectsV2({ client: s3 }, query)) {
      keys.push(...(page.Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [Key])));
    }
    const uploads = await unfinishedUploads(clients, bucket, prefix);
    return { keys, uploads: uploads.map(({ Key = '', UploadId = '' }) => ({ key: Key, id: UploadId })) };
  });
  if (!look.ok && look.error.code === 'NoSuchBucket') return seen({ keys: [], uploads: [] });
  return ofBucket(bucket, look);
}

async function unfinishedUploads(
  clients: Clients,
  bucket: BucketAddress,
  prefix: string,
): Promise<MultipartUpload[]> {
  const s3 = await clients.s3(bucket.region);
  const found: MultipartUpload[] = [];
  let after: { KeyMarker?: string; UploadIdMarker?: string } = {};
  for (let page = 0; page < pagesAtMost; page++) {
    const answer = await s3.send(
      new ListMultipartUploadsCommand({ ...inBucket(bucket), Prefix: prefix, ...after }),
    );
    found.push(...(answer.Uploads ?? []));
    if (!answer.IsTruncated) return found;
    after = {
      ...(answer.NextKeyMarker === undefined ? {} : { KeyMarker: answer.NextKeyMarker }),
      ...(answer.NextUploadIdMarker === undefined ? {} : { UploadIdMarker: answer.NextUploadIdMarker }),
    };
  }
  throw new Error(`more than ${pagesAtMost} pages of unfinished uploads`);
}

/** DeleteObjects takes a thousand keys (S3 API reference). */
const keysInOneCall = 1000;

/** Deletes objects and aborts uploads. One key that stays makes it a failure: S3 answers for each of them apart. */
export function deleteObjects(
  clients: Clients,
  bucket: BucketAddress,
  { keys, uploads }: StoredObjects,
): Promise<Look<void>> {
  return ask('s3:DeleteObject', bucket.region, async () => {
    const s3 = await clients.s3(bucket.region);
    for (const { key, id } of uploads) {
      await s3
        .send(new AbortMultipartUploadCommand({ ...inBucket(bucket), Key: key, UploadId: id }))
        .catch(unless('NoSuchUpload'));
    }
    for (const some of inParts(keys, keysInOneCall)) {
      const Delete = { Objects: some.map((Key) => ({ Key })), Quiet: true };
      const { Errors } = await s3.send(new DeleteObjectsCommand({ ...inBucket(bucket), Delete }));
      const [first] = Errors ?? [];
      if (!first) continue;
      const stayed = new Error(`${bucket.name}/${first.Key}: ${first.Message} (${Errors?.length} stayed)`);
      stayed.name = first.Code ?? 'Unknown';
      throw stayed;
    }
  });
}

/** S3's errors do not always name the bucket, and in a region there are several. */
function ofBucket<T>({ name }: BucketAddress, look: Look<T>): Look<T> {
  if (look.ok) return look;
  const { code, message } = look.error;
  const said =
    code === 'AccessDenied'
      ? 'it is of another account, since bucket names are shared by all of AWS, or these credentials may not look at it'
      : message;
  return unseen({ ...look.error, message: `bucket ${name}: ${said}` });
}
