import type {
  ListMultipartUploadsOutput,
  ListMultipartUploadsRequest,
  ListPartsOutput,
  ListPartsRequest,
} from '@aws-sdk/client-s3';
import { type Operation, operation } from '../calls/operation.ts';
import { ownBucket } from './bucket-access.ts';
import { compareKeys } from './key-order.ts';
import { encodingOf, pageSize } from './list-encoding.ts';
import { after, pageOfListing } from './listing.ts';
import { canonicalId } from './owner.ts';
import { sortedParts, uploadOf, uploadsIn } from './uploads.ts';
import { orderOf } from './versions.ts';

export const listUploadOperations: Record<string, Operation> = {
  ListParts: operation<ListPartsRequest, ListPartsOutput>(
    ['Bucket', 'Key', 'UploadId', 'ExpectedBucketOwner', 'MaxParts', 'PartNumberMarker'],
    (context, input) => {
      const { bucket, upload } = uploadOf(context, input);
      const limit = pageSize(input.MaxParts, 'max-parts');
      const marker = Number(input.PartNumberMarker ?? 0) || 0;
      const left = sortedParts(context, bucket, upload.id).filter(({ number }) => number > marker);
      const parts = left.slice(0, limit);
      const user = { ID: canonicalId(bucket.owner) };
      return {
        Bucket: bucket.name,
        Key: upload.key,
        UploadId: upload.id,
        Initiator: user,
        Owner: user,
        StorageClass: 'STANDARD',
        PartNumberMarker: String(marker),
        NextPartNumberMarker: String(parts.at(-1)?.number ?? 0),
        MaxParts: limit,
        IsTruncated: parts.length < left.length && limit > 0,
        ...(upload.checksum
          ? { ChecksumAlgorithm: upload.checksum.algorithm, ChecksumType: upload.checksum.type }
          : {}),
        Parts: parts.map(({ number, modifiedAt, etag, size, checksum }) => ({
          PartNumber: number,
          LastModified: new Date(modifiedAt),
          ETag: `"${etag}"`,
          Size: size,
          ...(checksum ? { [`Checksum${checksum.algorithm}`]: checksum.value } : {}),
        })),
      };
    },
  ),
  ListMultipartUploads: operation<ListMultipartUploadsRequest, ListMultipartUploadsOutput>(
    [
      'Bucket',
      'Delimiter',
      'EncodingType',
      'ExpectedBucketOwner',
      'KeyMarker',
      'MaxUploads',
      'Prefix',
      'UploadIdMarker',
    ],
    (context, input) => {
      const bucket = ownBucket(context, input);
      const { Delimiter: delimiter = '', Prefix: prefix = '', KeyMarker = '' } = input;
      const marker = KeyMarker === '' ? '' : (input.UploadIdMarker ?? '');
      const encode = encodingOf(input.EncodingType);
      const limit = pageSize(input.MaxUploads, 'max-uploads');
      const past = after(KeyMarker);
      const uploads = uploadsIn(context, bucket)
        .list()
        .filter(({ completed }) => !completed)
        .sort((a, b) => compareKeys(a.key, b.key) || a.order - b.order)
        .filter(({ key, order }) => marker === '' || key !== KeyMarker || order > orderOf(marker));
      const page = pageOfListing(uploads, ({ key }) => key, {
        prefix,
        delimiter,
        limit,
        isPast: (key, rolledUp) => past(key, rolledUp) && !(marker !== '' && key === KeyMarker),
      });
      const user = { ID: canonicalId(bucket.owner) };
      return {
        Bucket: bucket.name,
        KeyMarker: encode(KeyMarker),
        UploadIdMarker: marker,
        ...(page.isTruncated
          ? { NextKeyMarker: encode(page.last ?? ''), NextUploadIdMarker: page.lastEntry?.id ?? '' }
          : {}),
        Prefix: encode(prefix),
        ...(delimiter === '' ? {} : { Delimiter: encode(delimiter) }),
        ...(input.EncodingType ? { EncodingType: input.EncodingType } : {}),
        MaxUploads: limit,
        IsTruncated: page.isTruncated,
        Uploads: page.entries.map(({ id, key, startedAt, checksum }) => ({
          UploadId: id,
          Key: encode(key),
          Initiated: new Date(startedAt),
          StorageClass: 'STANDARD',
          Owner: user,
          Initiator: user,
          ...(checksum ? { ChecksumAlgorithm: checksum.algorithm, ChecksumType: checksum.type } : {}),
        })),
        CommonPrefixes: page.commonPrefixes.map((one) => ({ Prefix: encode(one) })),
      };
    },
  ),
};
