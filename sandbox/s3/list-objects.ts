import type {
  _Object,
  ListObjectsOutput,
  ListObjectsRequest,
  ListObjectsV2Output,
  ListObjectsV2Request,
} from '@aws-sdk/client-s3';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import type { BucketRecord, ObjectVersion } from '../model/bucket-records.ts';
import { anyBucket, mayRead } from './bucket-access.ts';
import { accessDenied, invalidArgument } from './errors.ts';
import { compareKeys } from './key-order.ts';
import { encodingOf, pageSize } from './list-encoding.ts';
import { after, pageOfListing } from './listing.ts';
import { objectsIn } from './objects.ts';
import { canonicalId } from './owner.ts';

interface Listed {
  key: string;
  object: ObjectVersion;
}

/** A bucket that the caller may list. */
export const listableBucket = (context: Context, input: Parameters<typeof anyBucket>[1]): BucketRecord => {
  const bucket = anyBucket(context, input);
  if (!mayRead(context, bucket, bucket.acl)) throw accessDenied();
  return bucket;
};

/**
 * Objects in a plain listing: no older versions, no keys whose newest version is a delete marker. Sorts only those that may be
 * on the page, so that the cost depends on the page, not on the bucket.
 */
const currentObjects = (context: Context, bucket: BucketRecord, prefix: string, from = ''): Listed[] =>
  objectsIn(context, bucket)
    .list()
    .filter(({ key }) => key.startsWith(prefix) && compareKeys(key, from) > 0)
    .flatMap(({ key, versions: [newest] }) => (newest && !newest.isMarker ? [{ key, object: newest }] : []))
    .sort((a, b) => compareKeys(a.key, b.key));

const view = (
  { key, object }: Listed,
  owner: string | undefined,
  encode: (text: string) => string,
): _Object => ({
  Key: encode(key),
  LastModified: new Date(object.modifiedAt),
  ETag: `"${object.etag}"`,
  ChecksumAlgorithm: [object.checksum.algorithm],
  ChecksumType: object.checksum.type,
  Size: object.size,
  StorageClass: 'STANDARD',
  ...(owner === undefined ? {} : { Owner: { ID: canonicalId(owner) } }),
});

/** The end of a page as an opaque token. */
const tokenOf = (last: string): string => Buffer.from(`after ${last}`).toString('base64');

const keyOfToken = (token: string): string => {
  const text = Buffer.from(token, 'base64').toString('utf8');
  if (!text.startsWith('after ') || tokenOf(text.slice('after '.length)) !== token) {
    throw invalidArgument('The continuation token provided is incorrect', 'continuation-token', token);
  }
  return text.slice('after '.length);
};

export const listObjectOperations: Record<string, Operation> = {
  ListObjects: operation<ListObjectsRequest, ListObjectsOutput>(
    ['Bucket', 'Delimiter', 'EncodingType', 'ExpectedBucketOwner', 'Marker', 'MaxKeys', 'Prefix'],
    (context, input) => {
      const { Delimiter: delimiter = '', Prefix: prefix = '', Marker = '' } = input;
      const encode = encodingOf(input.EncodingType);
      const limit = pageSize(input.MaxKeys, 'max-keys');
      const bucket = listableBucket(context, input);
      const page = pageOfListing(currentObjects(context, bucket, prefix, Marker), ({ key }) => key, {
        prefix,
        delimiter,
        limit,
        isPast: after(Marker),
      });
      return {
        Name: bucket.name,
        Prefix: encode(prefix),
        Marker: encode(Marker),
        ...(page.isTruncated && delimiter !== '' ? { NextMarker: encode(page.last ?? '') } : {}),
        ...(delimiter === '' ? {} : { Delimiter: encode(delimiter) }),
        ...(input.EncodingType ? { EncodingType: input.EncodingType } : {}),
        MaxKeys: limit,
        IsTruncated: page.isTruncated,
        Contents: page.entries.map((entry) => view(entry, bucket.owner, encode)),
        CommonPrefixes: page.commonPrefixes.map((one) => ({ Prefix: encode(one) })),
      };
    },
  ),
  ListObjectsV2: operation<ListObjectsV2Request, ListObjectsV2Output>(
    [
      'Bucket',
      'ContinuationToken',
      'Delimiter',
      'EncodingType',
      'ExpectedBucketOwner',
      'FetchOwner',
      'MaxKeys',
      'Prefix',
      'StartAfter',
    ],
    (context, input) => {
      const { Delimiter: delimiter = '', Prefix: prefix = '', ContinuationToken, StartAfter } = input;
      const encode = encodingOf(input.EncodingType);
      const limit = pageSize(input.MaxKeys, 'max-keys');
      const from = ContinuationToken === undefined ? StartAfter : keyOfToken(ContinuationToken);
      const bucket = listableBucket(context, input);
      const page = pageOfListing(currentObjects(context, bucket, prefix, from), ({ key }) => key, {
        prefix,
        delimiter,
        limit,
        isPast: after(from),
      });
      return {
        Name: bucket.name,
        Prefix: encode(prefix),
        ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
        ...(StartAfter === undefined ? {} : { StartAfter: encode(StartAfter) }),
        ...(page.isTruncated ? { NextContinuationToken: tokenOf(page.last ?? '') } : {}),
        ...(delimiter === '' ? {} : { Delimiter: encode(delimiter) }),
        ...(input.EncodingType ? { EncodingType: input.EncodingType } : {}),
        KeyCount: page.entries.length + page.commonPrefixes.length,
        MaxKeys: limit,
        IsTruncated: page.isTruncated,
        Contents: page.entries.map((entry) =>
          view(entry, input.FetchOwner ? bucket.owner : undefined, encode),
        ),
        CommonPrefixes: page.commonPrefixes.map((one) => ({ Prefix: encode(one) })),
      };
    },
  ),
};
