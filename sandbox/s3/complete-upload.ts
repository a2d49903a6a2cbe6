import { createHash } from 'node:crypto';
import type { CompletedPart, CompleteMultipartUploadRequest } from '@aws-sdk/client-s3';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import type { Checksum, ChecksumAlgorithm, PartRecord, UploadRecord } from '../model/bucket-records.ts';
import { ownBucket } from './bucket-access.ts';
import {
  algorithms,
  checksumMembers,
  checksumOf,
  checksumView,
  compositeOf,
  statedChecksum,
} from './checksums.ts';
import { checkWriteConditions } from './conditions.ts';
import { readContent, sizeOf } from './content.ts';
import { invalidRequest, malformedXml } from './errors.ts';
import { currentObject, putVersion, versionView } from './objects.ts';
import {
  completedBefore,
  dropParts,
  partLimits,
  partsOf,
  type Upload,
  uploadOf,
  uploadsIn,
} from './uploads.ts';

/** The parts in a request's list. Throws `InvalidPartOrder`, `InvalidPart` or `EntityTooSmall`. */
const listedParts = (
  context: Context,
  { bucket, upload }: Upload,
  listed: readonly CompletedPart[],
): PartRecord[] => {
  if (listed.length === 0 || listed.length > partLimits.last) throw malformedXml();
  const numbers = listed.map(({ PartNumber = 0 }) => PartNumber);
  if (numbers.some((number, index) => index > 0 && number <= (numbers[index - 1] ?? 0))) {
    throw wrongOrder(upload);
  }
  const isChecked = listed.some((one) => statedChecksum(one));
  if (isChecked && numbers.some((number, index) => number !== index + 1)) throw wrongOrder(upload);
  const there = partsOf(context, bucket, upload.id);
  const parts = listed.map((one) => checkPart(upload, there.get(String(one.PartNumber)), one));
  const small = parts.slice(0, -1).find(({ size }) => size < partLimits.smallest);
  if (small) {
    throw new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', {
      details: {
        ETag: small.etag,
        MinSizeAllowed: String(partLimits.smallest),
        PartNumber: String(small.number),
        ProposedSize: String(small.size),
      },
    });
  }
  return parts;
};

/** Parts listed with checksums have to be numbered from 1 without gaps ("CompletedPart"). */
const wrongOrder = ({ id }: UploadRecord): AwsError =>
  new AwsError(
    'InvalidPartOrder',
    'The list of parts was not in ascending order. Parts must be ordered by part number.',
    { details: { UploadId: id } },
  );

/**
 * The list has to contain the parts' checksums if the upload was started with a checksum per part; any given checksum has to
 * match.
 */
const checkPart = (upload: UploadRecord, part: PartRecord | undefined, listed: CompletedPart): PartRecord => {
  const etag = (listed.ETag ?? '').replace(/^"(.*)"$/, '$1');
  const stated = statedChecksum(listed);
  if (part?.etag === etag && upload.checksum?.type === 'COMPOSITE' && !stated) {
    throw invalidRequest(
      `The upload was created using a ${upload.checksum.algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${listed.PartNumber} in the request.`,
    );
  }
  const isSame = stated?.algorithm === part?.checksum?.algorithm && stated?.value === part?.checksum?.value;
  if (!part || part.etag !== etag || (stated && !isSame)) {
    throw new AwsError(
      'InvalidPart',
      "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
      { details: { UploadId: upload.id, PartNumber: String(listed.PartNumber), ETag: etag } },
    );
  }
  return part;
};

const checksumOfWhole = (context: Context, { checksum }: UploadRecord, parts: PartRecord[]): Checksum => {
  const { algorithm, type } = checksum ?? { algorithm: 'CRC64NVME', type: 'FULL_OBJECT' };
  const value =
    type === 'COMPOSITE'
      ? compositeOf(
          algorithm,
          parts.map((part) => part.checksum?.value ?? ''),
        )
      : checksumOf(
          algorithm,
          readContent(
            context,
            parts.map(({ content }) => content),
          ),
        );
  return { algorithm, type, value };
};

/** Throws if the request states another checksum, type or size for the whole object. */
const checkStated = (input: CompleteMultipartUploadRequest, whole: Checksum, size: number): void => {
  if (input.ChecksumType !== undefined && input.ChecksumType !== whole.type) {
    throw invalidRequest(
      `The upload was created using the ${whole.type} checksum mode. The complete request must use the same checksum mode.`,
    );
  }
  for (const algorithm of Object.keys(algorithms) as ChecksumAlgorithm[]) {
    const stated = input[`Checksum${algorithm}`];
    if (stated === undefined) continue;
    if (algorithm !== whole.algorithm || stated.split('-')[0] !== whole.value.split('-')[0]) {
      throw new AwsError(
        'BadDigest',
        `The ${algorithm.toLowerCase()} you specified did not match the calculated checksum.`,
      );
    }
  }
  if (input.MpuObjectSize !== undefined && input.MpuObjectSize !== size) {
    throw invalidRequest(
      `The provided 'x-amz-mp-object-size' header value ${input.MpuObjectSize} does not match what was computed: ${size}`,
    );
  }
};

/** S3's ETag of an object uploaded in parts: the MD5 of the parts' MD5s, and the number of parts. */
const etagOf = (parts: PartRecord[]): string => {
  const digests = Buffer.concat(parts.map(({ etag }) => Buffer.from(etag, 'hex')));
  return `${createHash('md5').update(digests).digest('hex')}-${parts.length}`;
};

export const completeUploadOperations: Record<string, Operation> = {
  CompleteMultipartUpload: operation<CompleteMultipartUploadRequest, object>(
    [
      'Bucket',
      'Key',
      'UploadId',
      'MultipartUpload',
      'MpuObjectSize',
      'IfMatch',
      'IfNoneMatch',
      'ExpectedBucketOwner',
      'ChecksumType',
      ...checksumMembers.filter((member) => member !== 'ChecksumAlgorithm'),
    ],
    (context, input) => {
      const before = ownBucket(context, input) && completedBefore(context, input);
      if (before) return before;
      const found = uploadOf(context, input);
      const { bucket, upload } = found;
      const parts = listedParts(context, found, input.MultipartUpload?.Parts ?? []);
      const content = parts.map((part) => part.content);
      const checksum = checksumOfWhole(context, upload, parts);
      checkStated(input, checksum, sizeOf(content));
      checkWriteConditions(input, upload.key, currentObject(context, bucket, upload.key));
      const made = putVersion(context, bucket, upload.key, {
        ...upload.properties,
        etag: etagOf(parts),
        size: sizeOf(content),
        content,
        checksum,
        parts: parts.length,
      });
      dropParts(context, found, new Set(parts));
      const path = upload.key.split('/').map(encodeURIComponent).join('/');
      const completed = {
        Location: `https://${bucket.name}.s3.${bucket.region}.amazonaws.com/${path}`,
        Bucket: bucket.name,
        Key: upload.key,
        ETag: `"${made.etag}"`,
        ServerSideEncryption: 'AES256',
        ...checksumView(checksum),
        ...versionView(bucket, made),
      };
      uploadsIn(context, bucket).put(upload.id, { ...upload, completed });
      return completed;
    },
  ),
};
