import type {
  DeleteObjectTaggingRequest,
  GetObjectAclOutput,
  GetObjectAclRequest,
  GetObjectTaggingOutput,
  GetObjectTaggingRequest,
  PutObjectAclRequest,
  PutObjectTaggingRequest,
} from '@aws-sdk/client-s3';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import type { BucketRecord, ObjectVersion } from '../model/bucket-records.ts';
import { aclView, checkAcls, objectAcl } from './acl.ts';
import { ownBucket } from './bucket-access.ts';
import { invalidRequest, malformedXml } from './errors.ts';
import { replaceObject, versionsOf, versionView, wantedObject } from './objects.ts';
import { tagLimits, tagsFrom, tagView } from './tags.ts';

interface Input {
  Bucket: string | undefined;
  Key: string | undefined;
  VersionId?: string | undefined;
  ExpectedBucketOwner?: string | undefined;
}

const which = ['Bucket', 'Key', 'VersionId', 'ExpectedBucketOwner'] as const;

const find = (
  context: Context,
  { Key = '', VersionId, ...input }: Input,
  method: 'GET' | 'PUT' | 'DELETE',
) => {
  const bucket = ownBucket(context, input);
  return { bucket, key: Key, object: wantedObject(context, bucket, Key, VersionId, method) };
};

/** Changes the properties of a version, which keeps its id and its time. */
const change = (
  context: Context,
  { bucket, key, object }: { bucket: BucketRecord; key: string; object: ObjectVersion },
  changed: ObjectVersion,
): object => {
  const versions = versionsOf(context, bucket, key).map((one) => (one === object ? changed : one));
  replaceObject(context, bucket, { key, versions });
  return versionView(bucket, object);
};

export const objectSettingOperations: Record<string, Operation> = {
  GetObjectAcl: operation<GetObjectAclRequest, GetObjectAclOutput>([...which], (context, input) => {
    const { bucket, object } = find(context, input, 'GET');
    return aclView(bucket.owner, object.acl);
  }),
  PutObjectAcl: operation<PutObjectAclRequest, object>(
    [...which, 'ACL', 'ContentMD5', 'ChecksumAlgorithm'],
    (context, input) => {
      const found = find(context, input, 'PUT');
      if (input.ACL === undefined)
        throw invalidRequest('Missing required header for this request: x-amz-acl');
      if (input.ACL !== 'bucket-owner-full-control') checkAcls(found.bucket, 'private');
      return change(context, found, { ...found.object, acl: objectAcl(found.bucket, input.ACL) });
    },
  ),
  GetObjectTagging: operation<GetObjectTaggingRequest, GetObjectTaggingOutput>(
    [...which],
    (context, input) => {
      const { bucket, object } = find(context, input, 'GET');
      return { TagSet: tagView(object.tags), ...versionView(bucket, object) };
    },
  ),
  PutObjectTagging: operation<PutObjectTaggingRequest, object>(
    [...which, 'Tagging', 'ContentMD5', 'ChecksumAlgorithm'],
    (context, input) => {
      const found = find(context, input, 'PUT');
      if (!input.Tagging?.TagSet) throw malformedXml();
      return change(context, found, {
        ...found.object,
        tags: tagsFrom(input.Tagging.TagSet, tagLimits.object),
      });
    },
  ),
  DeleteObjectTagging: operation<DeleteObjectTaggingRequest, object>([...which], (context, input) => {
    const found = find(context, input, 'DELETE');
    const { tags: _, ...rest } = found.object;
    return change(context, found, rest);
  }),
};
