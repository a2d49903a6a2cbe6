import type { Context } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import type {
  BucketRecord,
  DeleteMarker,
  ObjectRecord,
  ObjectVersion,
  Version,
} from '../model/bucket-records.ts';
import type { Collection } from '../state/store.ts';
import { dropContent } from './content.ts';
import { invalidArgument, noSuchKey, noSuchVersion } from './errors.ts';
import { withVersion } from './versions.ts';

const keyLimit = 1024;

/** Throws `KeyTooLongError` ("Creating object key names"). */
export const checkKey = (key: string): void => {
  const size = Buffer.byteLength(key);
  if (size > keyLimit) {
    throw new AwsError('KeyTooLongError', 'Your key is too long', {
      details: { Size: String(size), MaxSizeAllowed: String(keyLimit) },
    });
  }
};

export const objectsIn = ({ store }: Context, { name }: BucketRecord): Collection<'object'> =>
  store.of('object', '', name);

/** All versions under a key, newest first. */
export const versionsOf = (context: Context, bucket: BucketRecord, key: string): Version[] =>
  objectsIn(context, bucket).get(key)?.versions ?? [];

/** The object that a plain read of a key returns. */
export const currentObject = (
  context: Context,
  bucket: BucketRecord,
  key: string,
): ObjectVersion | undefined => {
  const [newest] = versionsOf(context, bucket, key);
  return newest && !newest.isMarker ? newest : undefined;
};

/**
 * The requested object, by key and optionally version. Throws `NoSuchKey`, `NoSuchVersion`, or, for a delete marker,
 * `MethodNotAllowed` ("Working with delete markers").
 */
export const wantedObject = (
  context: Context,
  bucket: BucketRecord,
  key: string,
  versionId: string | undefined,
  method = 'GET',
): ObjectVersion => {
  const versions = versionsOf(context, bucket, key);
  if (versionId !== undefined) checkVersionId(versionId);
  const found = versionId === undefined ? versions[0] : versions.find(({ id }) => id === versionId);
  if (!found) throw versionId === undefined ? noSuchKey(key) : noSuchVersion(key, versionId);
  if (!found.isMarker) return found;
  const headers = { 'x-amz-delete-marker': 'true', 'x-amz-version-id': found.id };
  if (versionId === undefined) throw noSuchKey(key, headers);
  throw new AwsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', {
    details: { Method: method, ResourceType: 'DeleteMarker' },
    headers: { ...headers, 'last-modified': new Date(found.modifiedAt).toUTCString(), allow: 'DELETE' },
  });
};

/** Throws `InvalidArgument` for an impossible version id. */
export const checkVersionId = (id: string): void => {
  if (id !== 'null' && !/^[A-Za-z0-9._]{32}$/.test(id)) {
    throw invalidArgument('Invalid version id specified', 'versionId', id);
  }
};

type NewObject = Omit<ObjectVersion, 'id' | 'order' | 'modifiedAt' | 'isMarker'>;

/** Stores an object under a key, next to or instead of the existing ones. */
export const putVersion = (
  context: Context,
  bucket: BucketRecord,
  key: string,
  object: NewObject,
): ObjectVersion => add(context, bucket, key, { ...object, isMarker: false }) as ObjectVersion;

/** Adds a delete marker to a key. */
export const putMarker = (context: Context, bucket: BucketRecord, key: string): DeleteMarker =>
  add(context, bucket, key, { isMarker: true }) as DeleteMarker;

const add = (
  context: Context,
  bucket: BucketRecord,
  key: string,
  version: Parameters<typeof withVersion>[2],
): Version => {
  const before = versionsOf(context, bucket, key);
  const { versions, added, replaced } = withVersion(bucket, before, version, context.now);
  replaceObject(context, bucket, { key, versions });
  for (const one of replaced) dropVersion(context, one);
  return added;
};

/** Replaces all versions under a key; removes the key if none is left. */
export const replaceObject = (context: Context, bucket: BucketRecord, object: ObjectRecord): void => {
  if (object.versions.length > 0) objectsIn(context, bucket).put(object.key, object);
  else objectsIn(context, bucket).delete(object.key);
};

/** Removes a version's content once nothing names it any more. */
export const dropVersion = (context: Context, version: Version): void => {
  if (!version.isMarker) dropContent(context, version.content);
};

/** A version's id if the bucket has ever had versioning; otherwise answers contain none. */
export const versionView = ({ versioning }: BucketRecord, { id }: { id: string }): { VersionId?: string } =>
  versioning === undefined ? {} : { VersionId: id };
