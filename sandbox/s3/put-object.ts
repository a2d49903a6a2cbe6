import { createHash } from 'node:crypto';
import type { PutObjectOutput, PutObjectRequest } from '@aws-sdk/client-s3';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import type {
  BucketRecord,
  ChecksumAlgorithm,
  ObjectProperties,
  ObjectVersion,
} from '../model/bucket-records.ts';
import { ownBucket } from './bucket-access.ts';
import { checksumMembers, checksumOf, checksumView, statedChecksum } from './checksums.ts';
import { checkWriteConditions } from './conditions.ts';
import { writeContent } from './content.ts';
import { checkKey, currentObject, putVersion, versionView } from './objects.ts';
import { propertiesFrom, propertyMembers } from './properties.ts';

/** A request with its content as bytes. */
export type WithBytes<T> = Omit<T, 'Body'> & { Body?: Buffer };

/** Stores content as an object in one piece. If no checksum is requested, S3 computes a CRC64NVME. */
export const storeObject = (
  context: Context,
  bucket: BucketRecord,
  key: string,
  bytes: Buffer,
  properties: ObjectProperties,
  algorithm: ChecksumAlgorithm = 'CRC64NVME',
): ObjectVersion =>
  putVersion(context, bucket, key, {
    ...properties,
    etag: createHash('md5').update(bytes).digest('hex'),
    size: bytes.length,
    content: [writeContent(context, bytes)],
    checksum: { algorithm, type: 'FULL_OBJECT', value: checksumOf(algorithm, bytes) },
  });

export const putObjectOperations: Record<string, Operation> = {
  PutObject: operation<WithBytes<PutObjectRequest>, PutObjectOutput>(
    [
      'Bucket',
      'Key',
      'Body',
      'ContentLength',
      'ContentMD5',
      'IfMatch',
      'IfNoneMatch',
      'ExpectedBucketOwner',
      ...propertyMembers,
      ...checksumMembers,
    ],
    (context, { Key = '', Body = Buffer.alloc(0), ...input }) => {
      const bucket = ownBucket(context, input);
      checkKey(Key);
      const properties = propertiesFrom(bucket, input);
      checkWriteConditions(input, Key, currentObject(context, bucket, Key));
      const made = storeObject(context, bucket, Key, Body, properties, statedChecksum(input)?.algorithm);
      return {
        ETag: `"${made.etag}"`,
        ServerSideEncryption: 'AES256',
        ...checksumView(made.checksum),
        ...versionView(bucket, made),
      };
    },
  ),
};
