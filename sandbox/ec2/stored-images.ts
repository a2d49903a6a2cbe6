import type { Context } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import type { BucketRecord, ObjectVersion } from '../model/bucket-records.ts';
import type { ImageRecord, StoredImage, StoredImageFields } from '../model/records.ts';
import { bucketsIn } from '../s3/bucket-access.ts';
import { readContent } from '../s3/content.ts';

const format = 'gopackgo sandbox AMI 1';

/** No page names the codes of these refusals; see docs/sandbox.md. */
export const refused = (message: string): AwsError => new AwsError('InvalidRequest', message);

/** A bucket of the caller's, in the region of the request (CreateStoreImageTask, `Bucket`; "How AMI store and restore works"). */
export const bucketFor = (context: Context, name: string): BucketRecord => {
  const bucket = bucketsIn(context.store).get(name);
  if (!bucket) throw refused(`The bucket ${name} does not exist.`);
  if (bucket.owner !== context.account) throw refused(`Access to the bucket ${name} is denied.`);
  if (bucket.region !== context.region) {
    throw refused(`The bucket ${name} is in ${bucket.region}. It must be in ${context.region}.`);
  }
  return bucket;
};

/** Refuses another task once the data in progress has reached the limit, in GB; below it, a task may be of any size. */
export const refuseAbove = (most: number, inProgress: number, done: 'stored' | 'restored'): void => {
  if (inProgress < most) return;
  throw new AwsError(
    'ResourceLimitExceeded',
    `Snapshot data of ${inProgress} GB is being ${done}. The limit is ${most} GB.`,
  );
};

/** The GiB of the snapshots of a stored image. */
export const storedSize = ({ snapshots }: StoredImage): number =>
  Object.values(snapshots).reduce((sum, { size }) => sum + size, 0);

/** The stored parts of an image: its metadata, except for "sharing information" ("Store and restore an AMI using S3"). */
export const fieldsOf = (image: ImageRecord): StoredImageFields => {
  const {
    deprecatedAt,
    launches,
    location,
    ownerAlias,
    pendingUntil,
    permissions,
    protection,
    scan,
    sourceImage,
    sourceInstance,
    sourceRegion,
    stateReason,
    ...kept
  } = image;
  return kept;
};

/** The content of an object. AWS's own format is not public. */
export const writeStored = (stored: StoredImage): Buffer =>
  Buffer.from(JSON.stringify({ format, ...stored }));

/** The content of an object that an earlier task stored. Throws for any other object. */
export const readStored = (context: Context, key: string, { content }: ObjectVersion): StoredImage => {
  try {
    const read = JSON.parse(readContent(context, content).toString('utf8')) as StoredImage & {
      format: string;
    };
    if (read.format === format) return read;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw refused(`The object ${key} is not an AMI that CreateStoreImageTask stored.`);
};
