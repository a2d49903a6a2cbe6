import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  type MultipartUpload,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { definedOnly } from '../../lib/defined-only.ts';
import { type Lookup, okLookup } from '../../model/lookup.ts';
import { ask, inParts } from '../ask.ts';
import type { Clients } from '../connection.ts';
import { type BucketAddress, inBucket, ofBucket, unless } from './buckets.ts';

/** An object, or one version of it. A delete marker is also a version. */
export interface StoredObject {
  key: string;
  /** The version id, with which it is deleted permanently; absent in a bucket without versions. */
  version?: string;
  /** Whether a plain GET of the key returns it; false for a delete marker. */
  isCurrent: boolean;
  /** ISO 8601. */
  modified: string;
}

/** Objects under a common prefix, and unfinished uploads of such objects. */
export interface StoredObjects {
  objects: StoredObject[];
  uploads: { key: string; id: string /** ISO 8601. */; started: string }[];
}

/** A page has a thousand entries: more than any bucket with bundles, but no endless loop. */
const pagesAtMost = 1000;

/**
 * The objects and unfinished uploads under a prefix; none where there is no such bucket.
 *
 * @param versions whether to list every version and delete marker, which needs `s3:ListBucketVersions`.
 */
export async function findObjects(
  clients: Clients,
  bucket: BucketAddress,
  prefix: string,
  { versions = false } = {},
): Promise<Lookup<StoredObjects>> {
  const lookup = await ask(versions ? 's3:ListBucketVersions' : 's3:ListBucket', bucket.region, async () => ({
    objects: await (versions ? everyVersion : everyObject)(clients, bucket, prefix),
    uploads: await unfinishedUploads(clients, bucket, prefix),
  }));
  if (!lookup.ok && lookup.error.code === 'NoSuchBucket') return okLookup({ objects: [], uploads: [] });
  return ofBucket(bucket, lookup);
}

async function everyObject(clients: Clients, bucket: BucketAddress, prefix: string): Promise<StoredObject[]> {
  const found: StoredObject[] = [];
  const query = { ...inBucket(bucket), Prefix: prefix };
  let pages = 0;
  for await (const { Contents } of paginateListObjectsV2(
    { client: await clients.s3(bucket.region) },
    query,
  )) {
    for (const { Key, LastModified } of Contents ?? []) {
      if (Key !== undefined)
        found.push({ key: Key, isCurrent: true, modified: LastModified?.toISOString() ?? '' });
    }
    if (++pages > pagesAtMost) throw tooMany('objects');
  }
  return found;
}

async function everyVersion(
  clients: Clients,
  bucket: BucketAddress,
  prefix: string,
): Promise<StoredObject[]> {
  const s3 = await clients.s3(bucket.region);
  const found: StoredObject[] = [];
  let after: { KeyMarker?: string; VersionIdMarker?: string } = {};
  for (let pages = 0; pages < pagesAtMost; pages++) {
    const page = await s3.send(
      new ListObjectVersionsCommand({ ...inBucket(bucket), Prefix: prefix, ...after }),
    );
    const markers = (page.DeleteMarkers ?? []).map((marker) => ({ ...marker, IsLatest: false }));
    for (const { Key, VersionId, IsLatest, LastModified } of [...markers, ...(page.Versions ?? [])]) {
      if (Key === undefined || VersionId === undefined) continue;
      const modified = LastModified?.toISOString() ?? '';
      found.push({ key: Key, version: VersionId, isCurrent: IsLatest === true, modified });
    }
    if (!page.IsTruncated) return found;
    after = {
      ...definedOnly({ KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }),
    };
  }
  throw tooMany('versions');
}

/** Unfinished uploads in a bucket; none where there is no such bucket. */
export async function findUploads(
  clients: Clients,
  bucket: BucketAddress,
): Promise<Lookup<StoredObjects['uploads']>> {
  const lookup = await ask('s3:ListBucketMultipartUploads', bucket.region, () =>
    unfinishedUploads(clients, bucket, ''),
  );
  return !lookup.ok && lookup.error.code === 'NoSuchBucket' ? okLookup([]) : ofBucket(bucket, lookup);
}

async function unfinishedUploads(
  clients: Clients,
  bucket: BucketAddress,
  prefix: string,
): Promise<StoredObjects['uploads']> {
  const s3 = await clients.s3(bucket.region);
  const found: MultipartUpload[] = [];
  let after: { KeyMarker?: string; UploadIdMarker?: string } = {};
  for (let page = 0; page < pagesAtMost; page++) {
    const answer = await s3.send(
      new ListMultipartUploadsCommand({ ...inBucket(bucket), Prefix: prefix, ...after }),
    );
    found.push(...(answer.Uploads ?? []));
    if (!answer.IsTruncated)
      return found.map(({ Key = '', UploadId = '', Initiated }) => ({
        key: Key,
        id: UploadId,
        started: Initiated?.toISOString() ?? '',
      }));
    after = {
      ...definedOnly({ KeyMarker: answer.NextKeyMarker, UploadIdMarker: answer.NextUploadIdMarker }),
    };
  }
  throw tooMany('unfinished uploads');
}

const tooMany = (what: string) => new Error(`more than ${pagesAtMost} pages of ${what}`);

/** DeleteObjects accepts a thousand keys (S3 API reference). */
const keysInOneCall = 1000;

export interface ToDelete {
  objects: readonly Pick<StoredObject, 'key' | 'version'>[];
  uploads: readonly Pick<StoredObjects['uploads'][number], 'key' | 'id'>[];
}

/**
 * Aborts uploads, then deletes objects in the given order. It stops with a failure at the first object that S3, which answers for
 * each object separately, did not delete. The last one is deleted in a call of its own, after all others: a later run finds the
 * rest by it.
 */
export async function deleteObjects(
  clients: Clients,
  bucket: BucketAddress,
  { objects, uploads }: ToDelete,
): Promise<Lookup<void>> {
  const outcome = await ask('s3:DeleteObject', bucket.region, async () => {
    const s3 = await clients.s3(bucket.region);
    for (const { key, id } of uploads) {
      await s3
        .send(new AbortMultipartUploadCommand({ ...inBucket(bucket), Key: key, UploadId: id }))
        .catch(unless('NoSuchUpload'));
    }
    for (const some of [...inParts(objects.slice(0, -1), keysInOneCall), ...inParts(objects.slice(-1), 1)]) {
      const Objects = some.map(({ key: Key, version }) =>
        version === undefined ? { Key } : { Key, VersionId: version },
      );
      const { Errors } = await s3.send(
        new DeleteObjectsCommand({ ...inBucket(bucket), Delete: { Objects, Quiet: true } }),
      );
      const [first] = Errors ?? [];
      if (!first) continue;
      const stayed = new Error(`${bucket.name}/${first.Key}: ${first.Message} (${Errors?.length} stayed)`);
      stayed.name = first.Code ?? 'Unknown';
      throw stayed;
    }
  });
  return !outcome.ok && outcome.error.code === 'NoSuchBucket' ? okLookup(undefined) : outcome;
}
