import type { Context } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import type { BucketRecord, PartRecord, UploadRecord } from '../model/bucket-records.ts';
import type { Collection } from '../state/store.ts';
import { ownBucket } from './bucket-access.ts';
import { dropContent } from './content.ts';
import { noSuchUpload } from './errors.ts';

/** Multipart uploads in progress in a bucket, by their id. */
export const uploadsIn = ({ store }: Context, { name }: BucketRecord): Collection<'upload'> =>
  store.of('upload', '', name);

/** An upload's parts, by number. */
export const partsOf = ({ store }: Context, { name }: BucketRecord, id: string): Collection<'part'> =>
  store.of('part', name, id);

export const sortedParts = (context: Context, bucket: BucketRecord, id: string): PartRecord[] =>
  partsOf(context, bucket, id)
    .list()
    .sort((a, b) => a.number - b.number);

export interface UploadInput {
  Bucket?: string | undefined;
  Key?: string | undefined;
  UploadId?: string | undefined;
  ExpectedBucketOwner?: string | undefined;
}

export interface Upload {
  bucket: BucketRecord;
  upload: UploadRecord;
}

/** The upload of a request. Throws `NoSuchUpload`, also for an upload of another key. */
export const uploadOf = (context: Context, input: UploadInput): Upload => {
  const bucket = ownBucket(context, input);
  const id = input.UploadId ?? '';
  const upload = uploadsIn(context, bucket).get(id);
  if (!upload || upload.completed || upload.key !== input.Key) throw noSuchUpload(id);
  return { bucket, upload };
};

/** The answer to an upload's completion, for repeated requests. */
export const completedBefore = (
  { store }: Context,
  { Bucket = '', Key, UploadId = '' }: UploadInput,
): Record<string, unknown> | undefined => {
  const upload = store.of('upload', '', Bucket).get(UploadId);
  return upload?.key === Key ? upload?.completed : undefined;
};

/** Deletes an upload's parts. Content that nothing else names is deleted too. */
export const dropParts = (
  context: Context,
  { bucket, upload }: Upload,
  kept: ReadonlySet<PartRecord> = new Set(),
): void => {
  const parts = partsOf(context, bucket, upload.id);
  for (const part of parts.list()) {
    parts.delete(String(part.number));
    if (!kept.has(part)) dropContent(context, [part.content]);
  }
};

/** S3's limits of a multipart upload ("Multipart upload limits"), in bytes where they are sizes. */
export const partLimits = { smallest: 5 * 1024 * 1024, last: 10_000 };

/** Throws `InvalidArgument` for a part number out of bounds. */
export const checkPartNumber = (number: number): void => {
  if (number < 1 || number > partLimits.last) {
    throw new AwsError(
      'InvalidArgument',
      `Part number must be an integer between 1 and ${partLimits.last}, inclusive`,
      { details: { ArgumentName: 'partNumber', ArgumentValue: String(number) } },
    );
  }
};
