import type { CopyObjectOutput, CopyObjectRequest } from '@aws-sdk/client-s3';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import type { BucketRecord, ObjectProperties, ObjectVersion } from '../model/bucket-records.ts';
import { objectAcl } from './acl.ts';
import { bucketsIn, checkMayRead, ownBucket } from './bucket-access.ts';
import { algorithmNamed, checksumView } from './checksums.ts';
import { checkCopyConditions, checkWriteConditions } from './conditions.ts';
import { readContent } from './content.ts';
import { invalidArgument, invalidRequest, noSuchBucket } from './errors.ts';
import { checkKey, currentObject, versionView, wantedObject } from './objects.ts';
import { checkStorage, describedBy, propertyMembers } from './properties.ts';
import { storeObject } from './put-object.ts';
import { tagsFromHeader } from './tags.ts';

/** The source of a copy: `bucket/key` or `/bucket/key?versionId=…`, percent-encoded. It may be in another region. */
export const copySource = (
  context: Context,
  source: string,
): { bucket: BucketRecord; key: string; object: ObjectVersion; isVersion: boolean } => {
  const [, path = '', versionId] = /^\/?(.*?)(?:\?versionId=(.*))?$/s.exec(source) ?? [];
  const [, name = '', key = ''] = /^([^/]+)\/(.+)$/s.exec(decoded(path, source)) ?? [];
  if (key === '') throw wrongSource(source);
  const bucket = bucketsIn(context.store).get(name);
  if (!bucket) throw noSuchBucket(name);
  const object = wantedObject(context, bucket, key, versionId);
  checkMayRead(context, bucket, object);
  return { bucket, key, object, isVersion: versionId !== undefined };
};

const decoded = (path: string, source: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    throw wrongSource(source);
  }
};

const wrongSource = (source: string) =>
  invalidArgument(
    'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
    'x-amz-copy-source',
    source,
  );

/** Conditions on the source of a copy, accepted by both kinds of copies. */
export const sourceConditionMembers = [
  'CopySourceIfMatch',
  'CopySourceIfModifiedSince',
  'CopySourceIfNoneMatch',
  'CopySourceIfUnmodifiedSince',
] as const;

export const checkSource = (
  input: Pick<CopyObjectRequest, (typeof sourceConditionMembers)[number]>,
  source: ObjectVersion,
): void =>
  checkCopyConditions(
    {
      IfMatch: input.CopySourceIfMatch,
      IfModifiedSince: input.CopySourceIfModifiedSince,
      IfNoneMatch: input.CopySourceIfNoneMatch,
      IfUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
    },
    source,
  );

/** The copy's properties: the source's, unless the request replaces them. ACL and redirect are never copied. */
const propertiesOf = (
  bucket: BucketRecord,
  source: ObjectVersion,
  input: CopyObjectRequest,
): ObjectProperties => {
  checkStorage(input);
  const tags = input.TaggingDirective === 'REPLACE' ? tagsFromHeader(input.Tagging ?? '') : source.tags;
  const { WebsiteRedirectLocation } = input;
  const { WebsiteRedirectLocation: _, ...copied } = source.headers;
  const { metadata, headers } =
    input.MetadataDirective === 'REPLACE'
      ? describedBy(input)
      : {
          metadata: source.metadata,
          headers: { ...copied, ...(WebsiteRedirectLocation ? { WebsiteRedirectLocation } : {}) },
        };
  return { acl: objectAcl(bucket, input.ACL), metadata, headers, ...(tags ? { tags } : {}) };
};

export const copyObjectOperations: Record<string, Operation> = {
  CopyObject: operation<CopyObjectRequest, CopyObjectOutput>(
    [
      'Bucket',
      'Key',
      'CopySource',
      ...sourceConditionMembers,
      'ChecksumAlgorithm',
      'ExpectedBucketOwner',
      'IfMatch',
      'IfNoneMatch',
      'MetadataDirective',
      'TaggingDirective',
      ...propertyMembers,
    ],
    (context, { Key = '', CopySource = '', ...input }) => {
      const bucket = ownBucket(context, input);
      checkKey(Key);
      const source = copySource(context, CopySource);
      const isItself = source.bucket.name === bucket.name && source.key === Key && !source.isVersion;
      if (
        isItself &&
        !input.WebsiteRedirectLocation &&
        input.MetadataDirective !== 'REPLACE' &&
        !input.StorageClass &&
        !input.ServerSideEncryption
      ) {
        throw invalidRequest(
          "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
        );
      }
      checkSource(input, source.object);
      checkWriteConditions(input, Key, currentObject(context, bucket, Key));
      const properties = propertiesOf(bucket, source.object, {
        ...input,
        Key,
        CopySource,
      } as CopyObjectRequest);
      const algorithm = input.ChecksumAlgorithm
        ? algorithmNamed(input.ChecksumAlgorithm)
        : source.object.checksum.algorithm;
      const bytes = readContent(context, source.object.content);
      const made = storeObject(context, bucket, Key, bytes, properties, algorithm);
      return {
        CopyObjectResult: {
          ETag: `"${made.etag}"`,
          LastModified: new Date(made.modifiedAt),
          ...checksumView(made.checksum),
        },
        ServerSideEncryption: 'AES256',
        ...(source.bucket.versioning === undefined ? {} : { CopySourceVersionId: source.object.id }),
        ...versionView(bucket, made),
      };
    },
  ),
};
