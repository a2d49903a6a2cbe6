import type {
  _Error,
  DeletedObject,
  DeleteObjectOutput,
  DeleteObjectRequest,
  DeleteObjectsOutput,
  DeleteObjectsRequest,
  ObjectIdentifier,
} from '@aws-sdk/client-s3';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { AwsError, notImplemented } from '../model/aws-error.ts';
import type { BucketRecord } from '../model/bucket-records.ts';
import { ownBucket } from './bucket-access.ts';
import { checksumMembers } from './checksums.ts';
import { checkWriteConditions } from './conditions.ts';
import { malformedXml } from './errors.ts';
import {
  checkKey,
  checkVersionId,
  currentObject,
  dropVersion,
  putMarker,
  replaceObject,
  versionsOf,
} from './objects.ts';

/** The result of a deletion: the named version, or the current one, perhaps hidden by a new delete marker. */
interface Deleted {
  /** The removed version, or the new marker. */
  version?: string;
  /** Whether a delete marker was created or removed. */
  isMarker: boolean;
}

/**
 * Deletes a key, or one version of it ("Deleting object versions"). Without versioning the object is removed; with versioning a
 * plain delete adds a marker, even if there is no object. Deleting something that does not exist is no error.
 */
const deleteKey = (
  context: Context,
  bucket: BucketRecord,
  key: string,
  versionId: string | undefined,
): Deleted => {
  checkKey(key);
  if (versionId !== undefined) checkVersionId(versionId);
  if (versionId === undefined && bucket.versioning !== undefined) {
    return { version: putMarker(context, bucket, key).id, isMarker: true };
  }
  const id = versionId ?? 'null';
  const versions = versionsOf(context, bucket, key);
  const gone = versions.find((version) => version.id === id);
  if (!gone) return { ...(versionId === undefined ? {} : { version: id }), isMarker: false };
  replaceObject(context, bucket, { key, versions: versions.filter((version) => version !== gone) });
  dropVersion(context, gone);
  return { ...(versionId === undefined ? {} : { version: id }), isMarker: gone.isMarker };
};

const knownOfObjects = new Set(['Key', 'VersionId']);
const limit = 1000;

const deleteOne = (
  context: Context,
  bucket: BucketRecord,
  { Key = '', VersionId }: ObjectIdentifier,
): { deleted: DeletedObject } | { error: _Error } => {
  try {
    const { version, isMarker } = deleteKey(context, bucket, Key, VersionId);
    const marker = isMarker ? { DeleteMarker: true, DeleteMarkerVersionId: version } : {};
    return { deleted: { Key, ...(VersionId === undefined ? {} : { VersionId }), ...marker } };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { error: { Key, VersionId, Code: error.code, Message: error.message } };
  }
};

/** Without effect, as on AWS for a bucket without Object Lock; no bucket has one here. */
const bypass = 'BypassGovernanceRetention';

export const deleteObjectOperations: Record<string, Operation> = {
  DeleteObject: operation<DeleteObjectRequest, DeleteObjectOutput>(
    ['Bucket', 'Key', 'VersionId', 'IfMatch', 'ExpectedBucketOwner', bypass],
    (context, { Key = '', VersionId, IfMatch, ...input }) => {
      const bucket = ownBucket(context, input);
      checkWriteConditions({ IfMatch }, Key, currentObject(context, bucket, Key));
      const { version, isMarker } = deleteKey(context, bucket, Key, VersionId);
      return {
        ...(version === undefined ? {} : { VersionId: version }),
        ...(isMarker ? { DeleteMarker: true } : {}),
      };
    },
  ),
  DeleteObjects: operation<DeleteObjectsRequest & { ContentMD5?: string }, DeleteObjectsOutput>(
    ['Bucket', 'Delete', 'ExpectedBucketOwner', 'ContentMD5', bypass, checksumMembers[0]],
    (context, input) => {
      const bucket = ownBucket(context, input);
      const { Objects = [], Quiet = false } = input.Delete ?? {};
      if (Objects.length === 0 || Objects.length > limit) throw malformedXml();
      const unknown = Objects.flatMap(Object.keys).find((member) => !knownOfObjects.has(member));
      if (unknown) throw notImplemented(`s3:DeleteObjects with ${unknown} of an object`);
      const results = Objects.map((object) => deleteOne(context, bucket, object));
      return {
        Deleted: Quiet ? [] : results.flatMap((one) => ('deleted' in one ? [one.deleted] : [])),
        Errors: results.flatMap((one) => ('error' in one ? [one.error] : [])),
      };
    },
  ),
};
