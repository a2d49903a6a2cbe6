import type { GetObjectRequest, HeadObjectRequest } from '@aws-sdk/client-s3';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import type { BucketRecord, ObjectVersion } from '../model/bucket-records.ts';
import { anyBucket, checkMayRead } from './bucket-access.ts';
import { checksumView } from './checksums.ts';
import { checkReadConditions } from './conditions.ts';
import { readContent } from './content.ts';
import { accessDenied, invalidRequest } from './errors.ts';
import { versionView, wantedObject } from './objects.ts';
import { propertyView } from './properties.ts';
import { type Range, rangeOf, rangeOfPart } from './ranges.ts';

const replaced = [
  'ResponseCacheControl',
  'ResponseContentDisposition',
  'ResponseContentEncoding',
  'ResponseContentLanguage',
  'ResponseContentType',
  'ResponseExpires',
] as const;

const members = [
  'Bucket',
  'Key',
  'IfMatch',
  'IfModifiedSince',
  'IfNoneMatch',
  'IfUnmodifiedSince',
  'Range',
  'VersionId',
  'ChecksumMode',
  'ExpectedBucketOwner',
  'PartNumber',
  ...replaced,
] as const;

type Input = Pick<GetObjectRequest & HeadObjectRequest, (typeof members)[number]>;

interface Wanted {
  bucket: BucketRecord;
  object: ObjectVersion;
  range: Range | undefined;
}

const find = (context: Context, { Key = '', VersionId, ...input }: Input): Wanted => {
  const bucket = anyBucket(context, input);
  if (context.account !== bucket.owner && VersionId !== undefined) throw accessDenied();
  const object = readable(context, bucket, () => wantedObject(context, bucket, Key, VersionId));
  if (context.account === '' && replaced.some((member) => input[member] !== undefined)) {
    throw invalidRequest('Request specific response headers cannot be used for anonymous GET requests.');
  }
  checkReadConditions(input, object);
  if (input.PartNumber === undefined) return { bucket, object, range: rangeOf(input.Range, object.size) };
  if (input.Range !== undefined) {
    throw invalidRequest('Cannot specify both Range header and partNumber query parameter');
  }
  return { bucket, object, range: rangeOfPart(object.content, input.PartNumber) };
};

/** A caller that may not list the bucket does not learn whether the object exists: it gets `AccessDenied`, not `NoSuchKey`. */
const readable = (context: Context, bucket: BucketRecord, look: () => ObjectVersion): ObjectVersion => {
  let object: ObjectVersion;
  try {
    object = look();
  } catch (error) {
    throw context.account === bucket.owner ? error : accessDenied();
  }
  checkMayRead(context, bucket, object);
  return object;
};

const view = ({ bucket, object, range }: Wanted, input: Input): Record<string, unknown> => ({
  AcceptRanges: 'bytes',
  LastModified: new Date(object.modifiedAt),
  ETag: `"${object.etag}"`,
  ...propertyView(object),
  ...(input.ChecksumMode === 'ENABLED' && !range ? checksumView(object.checksum) : {}),
  ...versionView(bucket, object),
  ...Object.fromEntries(
    replaced
      .filter((member) => input[member] !== undefined)
      .map((member) => [member.slice('Response'.length), input[member]]),
  ),
  ContentLength: range ? range.to - range.from : object.size,
  ...(input.PartNumber !== undefined && object.parts ? { PartsCount: object.parts } : {}),
  ...(range ? { ContentRange: `bytes ${range.from}-${range.to - 1}/${object.size}` } : {}),
});

export const getObjectOperations: Record<string, Operation> = {
  GetObject: operation<Input, object>(members, (context, input) => {
    const wanted = find(context, input);
    const { from, to } = wanted.range ?? { from: 0, to: wanted.object.size };
    return { ...view(wanted, input), Body: readContent(context, wanted.object.content, from, to) };
  }),
  HeadObject: operation<Input, object>(members, (context, input) => view(find(context, input), input)),
};
