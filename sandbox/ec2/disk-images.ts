import type { SnapshotDiskContainer } from '@aws-sdk/client-ec2';
import type { Context } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import type { ObjectVersion } from '../model/bucket-records.ts';
import { bucketsIn, mayRead } from '../s3/bucket-access.ts';
import { readContent } from '../s3/content.ts';
import { currentObject } from '../s3/objects.ts';

/** A disk image in S3. */
export interface DiskImage {
  format: string;
  url?: string;
  bucket: string;
  key: string;
  object: ObjectVersion;
}

/**
 * The formats of SnapshotDiskContainer, and VHDX, which EC2 was seen to accept (osbuild/osbuild-composer#706).
 * Case-insensitive.
 */
const formats = ['RAW', 'VMDK', 'VHD', 'VHDX'];

const invalid = (message: string): AwsError => new AwsError('InvalidParameter', message);

/**
 * The disk image that a call names by bucket and key or by URL (SnapshotDiskContainer, Amazon EC2 API Reference). Throws
 * `InvalidParameter` if the bucket is in another region (confidential-containers/cloud-api-adaptor#587), or the caller may not
 * read the object (gardenlinux/gardenlinux#3206). "VM Import/Export errors" has the error of a missing bucket, but no page has
 * its code.
 */
export const diskImageAt = (context: Context, container: SnapshotDiskContainer | undefined): DiskImage => {
  if (!container) {
    throw new AwsError('MissingParameter', 'The request must contain the parameter diskContainer');
  }
  const { Url: url, UserBucket } = container;
  const format = formats.find((one) => one === container.Format?.toUpperCase());
  if (!format) throw invalid(`Value (${container.Format ?? 'null'}) for parameter format is invalid.`);
  if (url !== undefined && UserBucket) throw invalid('Name a URL or a bucket and key, not both.');
  const { bucket: name, key } = url === undefined ? placeOf(UserBucket ?? {}) : placeOfUrl(url);
  const bucket = bucketsIn(context.store).get(name);
  if (!bucket) throw invalid('Invalid S3 source location');
  if (bucket.region !== context.region) {
    throw invalid(
      `The given S3 object is not local to the region. The object must be located in ${context.region}.`,
    );
  }
  const object = currentObject(context, bucket, key);
  if (!object || !mayRead(context, bucket, object.acl)) {
    throw invalid(`User does not have access to the S3 object (${name}/${key}).`);
  }
  return { format, ...(url === undefined ? {} : { url }), bucket: name, key, object };
};

interface Place {
  bucket: string;
  key: string;
}

const placeOf = ({
  S3Bucket,
  S3Key,
}: {
  S3Bucket?: string | undefined;
  S3Key?: string | undefined;
}): Place => {
  if (!S3Bucket || !S3Key) {
    throw new AwsError('MissingParameter', 'The request must contain the parameters S3Bucket and S3Key');
  }
  return { bucket: S3Bucket, key: S3Key };
};

/** `s3://bucket/key`, or one of S3's https addresses. */
const placeOfUrl = (url: string): Place => {
  const [, bucket, key] =
    /^s3:\/\/([^/]+)\/(.+)$/.exec(url) ??
    /^https:\/\/s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com\/([^/]+)\/([^?]+)/.exec(url) ??
    /^https:\/\/([^/]+)\.s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com\/([^?]+)/.exec(url) ??
    [];
  if (bucket === undefined || key === undefined) throw invalid('Invalid S3 source location');
  return { bucket, key: url.startsWith('s3:') ? key : decodedKey(key) };
};

const decodedKey = (key: string): string => {
  try {
    return decodeURIComponent(key);
  } catch {
    throw invalid('Invalid S3 source location');
  }
};

const sector = 512;

/** The size of the virtual disk in a disk image in bytes, from its own header; undefined if the content has another format. */
export const diskSize = (context: Context, { format, object }: DiskImage): bigint | undefined => {
  const { content, size } = object;
  if (format === 'RAW') return size > 0 ? BigInt(size) : undefined;
  if (size < sector) return undefined;
  const header = readContent(context, content, 0, sector);
  if (format === 'VMDK') {
    // "Virtual Disk Format 5.0" (VMware), Hosted Sparse Extent: its magic number, and its capacity in sectors.
    return header.toString('latin1', 0, 4) === 'KDMV'
      ? header.readBigUInt64LE(12) * BigInt(sector)
      : undefined;
  }
  // "Virtual Hard Disk Image Format Specification" (Microsoft): the footer, with the current size.
  const footer = readContent(context, content, size - sector, size);
  if (format === 'VHD' && footer.toString('latin1', 0, 8) === 'conectix') return footer.readBigUInt64BE(48);
  return undefined;
};
