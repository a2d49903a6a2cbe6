import { createHash } from 'node:crypto';
import type {
  AbortMultipartUploadRequest,
  CreateMultipartUploadOutput,
  CreateMultipartUploadRequest,
  UploadPartCopyOutput,
  UploadPartCopyRequest,
  UploadPartOutput,
  UploadPartRequest,
} from '@aws-sdk/client-s3';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import type { ChecksumAlgorithm, PartRecord, UploadRecord } from '../model/bucket-records.ts';
import { ownBucket } from './bucket-access.ts';
import { algorithmNamed, checksumMembers, checksumOf, checksumTypes, statedChecksum } from './checksums.ts';
import { dropContent, readContent, writeContent } from './content.ts';
import { checkSource, copySource, sourceConditionMembers } from './copy-object.ts';
import { invalidArgument, invalidRequest } from './errors.ts';
import { checkKey } from './objects.ts';
import { propertiesFrom, propertyMembers } from './properties.ts';
import type { WithBytes } from './put-object.ts';
import { checkPartNumber, dropParts, partsOf, type Upload, uploadOf, uploadsIn } from './uploads.ts';
import { newId, nextOrder, wholeSecond } from './versions.ts';

const which = ['Bucket', 'Key', 'UploadId', 'ExpectedBucketOwner'] as const;
const idLength = 128;

/** The checksum of a new upload. Throws `InvalidRequest` for a type that the algorithm does not support. */
const checksumFor = ({
  ChecksumAlgorithm,
  ChecksumType,
}: CreateMultipartUploadRequest): Pick<UploadRecord, 'checksum'> => {
  if (ChecksumAlgorithm === undefined) {
    if (ChecksumType === undefined) return {};
    throw invalidRequest(
      'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
    );
  }
  const algorithm = algorithmNamed(ChecksumAlgorithm);
  const [usual] = checksumTypes[algorithm];
  const type = checksumTypes[algorithm].find((one) => one === (ChecksumType ?? usual));
  if (!type) {
    throw invalidRequest(
      `The ${ChecksumType} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    );
  }
  return { checksum: { algorithm, type } };
};

/** Throws `InvalidRequest` if a part's checksum algorithm differs from the upload's. */
const checkAlgorithm = ({ checksum }: UploadRecord, given: ChecksumAlgorithm | undefined): void => {
  if (!checksum || given === checksum.algorithm) return;
  if (given === undefined && checksum.type === 'FULL_OBJECT') return;
  throw invalidRequest(
    `Checksum Type mismatch occurred, expected checksum Type: ${checksum.algorithm.toLowerCase()}, actual checksum Type: ${given?.toLowerCase() ?? 'null'}`,
  );
};

const storePart = (
  context: Context,
  { bucket, upload }: Upload,
  number: number,
  bytes: Buffer,
  checksum: PartRecord['checksum'],
): PartRecord => {
  const parts = partsOf(context, bucket, upload.id);
  const replaced = parts.get(String(number));
  const part: PartRecord = {
    number,
    modifiedAt: wholeSecond(context.now),
    etag: createHash('md5').update(bytes).digest('hex'),
    size: bytes.length,
    content: writeContent(context, bytes),
    ...(checksum ? { checksum } : {}),
  };
  parts.put(String(number), part);
  if (replaced) dropContent(context, [replaced.content]);
  return part;
};

/** `bytes=first-last`, within the source, the form that UploadPartCopy requires. */
const sourceRange = (range: string | undefined, size: number): { from: number; to: number } => {
  if (range === undefined) return { from: 0, to: size };
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
  const [from, to] = [Number(first), Number(last) + 1];
  if (!(from < to && to <= size)) {
    throw invalidArgument(
      `Range specified is not valid for source object of size: ${size}`,
      'x-amz-copy-source-range',
      range,
    );
  }
  return { from, to };
};

export const uploadPartOperations: Record<string, Operation> = {
  CreateMultipartUpload: operation<CreateMultipartUploadRequest, CreateMultipartUploadOutput>(
    ['Bucket', 'Key', 'ExpectedBucketOwner', 'ChecksumAlgorithm', 'ChecksumType', ...propertyMembers],
    (context, { Key = '', ...input }) => {
      const bucket = ownBucket(context, input);
      checkKey(Key);
      const uploads = uploadsIn(context, bucket);
      const order = nextOrder(context.now, uploads.list());
      const upload: UploadRecord = {
        id: newId(order, idLength),
        order,
        key: Key,
        startedAt: wholeSecond(context.now),
        properties: propertiesFrom(bucket, input),
        ...checksumFor({ Key, ...input }),
      };
      uploads.put(upload.id, upload);
      return {
        Bucket: bucket.name,
        Key,
        UploadId: upload.id,
        ServerSideEncryption: 'AES256',
        ...(upload.checksum
          ? { ChecksumAlgorithm: upload.checksum.algorithm, ChecksumType: upload.checksum.type }
          : {}),
      };
    },
  ),
  UploadPart: operation<WithBytes<UploadPartRequest>, UploadPartOutput>(
    [...which, 'PartNumber', 'Body', 'ContentLength', 'ContentMD5', ...checksumMembers],
    (context, { Body = Buffer.alloc(0), PartNumber = 0, ...input }) => {
      checkPartNumber(PartNumber);
      const found = uploadOf(context, input);
      const stated = statedChecksum(input);
      checkAlgorithm(found.upload, stated?.algorithm);
      const part = storePart(context, found, PartNumber, Body, stated);
      return {
        ETag: `"${part.etag}"`,
        ServerSideEncryption: 'AES256',
        ...(stated ? { [`Checksum${stated.algorithm}`]: stated.value } : {}),
      };
    },
  ),
  UploadPartCopy: operation<UploadPartCopyRequest, UploadPartCopyOutput>(
    [...which, ...sourceConditionMembers, 'PartNumber', 'CopySource', 'CopySourceRange'],
    (context, { PartNumber = 0, CopySource = '', CopySourceRange, ...input }) => {
      checkPartNumber(PartNumber);
      const found = uploadOf(context, input);
      const { bucket, object } = copySource(context, CopySource);
      checkSource(input, object);
      const { from, to } = sourceRange(CopySourceRange, object.size);
      const bytes = readContent(context, object.content, from, to);
      const algorithm = found.upload.checksum?.algorithm;
      const checksum = algorithm ? { algorithm, value: checksumOf(algorithm, bytes) } : undefined;
      const part = storePart(context, found, PartNumber, bytes, checksum);
      return {
        CopyPartResult: {
          ETag: `"${part.etag}"`,
          LastModified: new Date(part.modifiedAt),
          ...(checksum ? { [`Checksum${checksum.algorithm}`]: checksum.value } : {}),
        },
        ServerSideEncryption: 'AES256',
        ...(bucket.versioning === undefined ? {} : { CopySourceVersionId: object.id }),
      };
    },
  ),
  AbortMultipartUpload: operation<AbortMultipartUploadRequest, object>([...which], (context, input) => {
    const found = uploadOf(context, input);
    dropParts(context, found);
    uploadsIn(context, found.bucket).delete(found.upload.id);
    return {};
  }),
};
