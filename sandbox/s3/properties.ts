import type { CreateMultipartUploadRequest, PutObjectRequest } from '@aws-sdk/client-s3';
import { AwsError, notImplemented } from '../model/aws-error.ts';
import type { BucketRecord, ObjectProperties, ObjectVersion } from '../model/bucket-records.ts';
import { objectAcl } from './acl.ts';
import { tagsFromHeader } from './tags.ts';

/** The properties that a request may set on a new object. */
export const propertyMembers = [
  'ACL',
  'CacheControl',
  'ContentDisposition',
  'ContentEncoding',
  'ContentLanguage',
  'ContentType',
  'Expires',
  'Metadata',
  'ServerSideEncryption',
  'StorageClass',
  'Tagging',
  'WebsiteRedirectLocation',
] as const;

type PropertyInput = Pick<PutObjectRequest & CreateMultipartUploadRequest, (typeof propertyMembers)[number]>;

const headerMembers = [
  'CacheControl',
  'ContentDisposition',
  'ContentEncoding',
  'ContentLanguage',
  'ContentType',
  'WebsiteRedirectLocation',
] as const;

const metadataLimit = 2048;

/** An object's properties from its request. Throws S3's errors for those that the bucket or S3 refuses. */
export const propertiesFrom = (bucket: BucketRecord, input: PropertyInput): ObjectProperties => {
  const acl = objectAcl(bucket, input.ACL);
  checkStorage(input);
  return { acl, ...describedBy(input), ...(input.Tagging ? { tags: tagsFromHeader(input.Tagging) } : {}) };
};

/** Metadata and standard headers of a request. */
export const describedBy = (
  input: Omit<PropertyInput, 'ACL' | 'Tagging'>,
): Pick<ObjectProperties, 'metadata' | 'headers'> => {
  const metadata = input.Metadata ?? {};
  const size = Buffer.byteLength(Object.entries(metadata).flat().join(''));
  if (size > metadataLimit) {
    throw new AwsError('MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size', {
      details: { Size: String(size), MaxSizeAllowed: String(metadataLimit) },
    });
  }
  const headers: Record<string, string> = { ContentType: 'binary/octet-stream' };
  for (const member of headerMembers) if (input[member]) headers[member] = input[member];
  if (input.Expires) headers.Expires = input.Expires.toUTCString();
  return { metadata, headers };
};

/** Every object is in class STANDARD and encrypted with S3's own keys, AWS's defaults. */
export const checkStorage = ({
  StorageClass,
  ServerSideEncryption,
}: Pick<PropertyInput, 'StorageClass' | 'ServerSideEncryption'>): void => {
  if (StorageClass !== undefined && StorageClass !== 'STANDARD') {
    throw notImplemented(`the storage class ${StorageClass}`);
  }
  if (ServerSideEncryption !== undefined && ServerSideEncryption !== 'AES256') {
    throw notImplemented(`server-side encryption with ${ServerSideEncryption}`);
  }
};

/** The properties of an object in the answers of GetObject and HeadObject. */
export const propertyView = ({ metadata, headers, tags = {} }: ObjectVersion): Record<string, unknown> => ({
  ...headers,
  ...(headers.Expires ? { Expires: new Date(headers.Expires) } : {}),
  Metadata: metadata,
  ServerSideEncryption: 'AES256',
  ...(Object.keys(tags).length > 0 ? { TagCount: Object.keys(tags).length } : {}),
});
