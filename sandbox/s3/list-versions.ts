import type {
  DeleteMarkerEntry,
  ListObjectVersionsOutput,
  ListObjectVersionsRequest,
  ObjectVersion as ObjectVersionView,
} from '@aws-sdk/client-s3';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import type { BucketRecord, Version } from '../model/bucket-records.ts';
import { ownBucket } from './bucket-access.ts';
import { invalidArgument } from './errors.ts';
import { compareKeys } from './key-order.ts';
import { encodingOf, pageSize } from './list-encoding.ts';
import { after, type ListingRequest, pageOfListing } from './listing.ts';
import { objectsIn } from './objects.ts';
import { canonicalId } from './owner.ts';
import { orderOf } from './versions.ts';

interface Listed {
  key: string;
  version: Version;
  isLatest: boolean;
}

/** The keys that may be on a page, and all versions of the key with which the listing continues. */
const versionsFrom = (context: Context, bucket: BucketRecord, prefix: string, from: string): Listed[] =>
  objectsIn(context, bucket)
    .list()
    .filter(({ key }) => key.startsWith(prefix) && compareKeys(key, from) >= 0)
    .sort((a, b) => compareKeys(a.key, b.key))
    .flatMap(({ key, versions }) =>
      versions.map((version, index) => ({ key, version, isLatest: index === 0 })),
    );

/**
 * The versions of one key that follow the last one of the previous page. That one may be deleted by now: its id tells when it
 * was created, except for `null`; in that case the key is shown once more, so that no version is missed.
 */
const afterVersion = (listed: Listed[], key: string, id: string): Listed[] => {
  const at = listed.findIndex((one) => one.key === key && one.version.id === id);
  const order = at >= 0 ? listed[at]?.version.order : orderOf(id);
  if (order === undefined || Number.isNaN(order)) return listed;
  return listed.filter((one) => one.key !== key || one.version.order < order);
};

const view = ({ key, version, isLatest }: Listed, owner: string, encode: (text: string) => string) => ({
  Key: encode(key),
  VersionId: version.id,
  IsLatest: isLatest,
  LastModified: new Date(version.modifiedAt),
  Owner: { ID: canonicalId(owner) },
});

export const listVersionOperations: Record<string, Operation> = {
  ListObjectVersions: operation<ListObjectVersionsRequest, ListObjectVersionsOutput>(
    [
      'Bucket',
      'Delimiter',
      'EncodingType',
      'ExpectedBucketOwner',
      'KeyMarker',
      'MaxKeys',
      'Prefix',
      'VersionIdMarker',
    ],
    (context, input) => {
      const { Delimiter: delimiter = '', Prefix: prefix = '', KeyMarker = '', VersionIdMarker } = input;
      if (VersionIdMarker !== undefined && KeyMarker === '') {
        throw invalidArgument(
          'A version-id marker cannot be specified without a key marker.',
          'version-id-marker',
          VersionIdMarker,
        );
      }
      const encode = encodingOf(input.EncodingType);
      const limit = pageSize(input.MaxKeys, 'max-keys');
      const bucket = ownBucket(context, input);
      const all = versionsFrom(context, bucket, prefix, KeyMarker);
      const listed = VersionIdMarker ? afterVersion(all, KeyMarker, VersionIdMarker) : all;
      const past = after(KeyMarker);
      const isPast: ListingRequest['isPast'] = (key, rolledUp) =>
        past(key, rolledUp) && !(VersionIdMarker && key === KeyMarker);
      const page = pageOfListing(listed, ({ key }) => key, { prefix, delimiter, limit, isPast });
      const shown = { Versions: [] as ObjectVersionView[], DeleteMarkers: [] as DeleteMarkerEntry[] };
      for (const entry of page.entries) {
        const { version } = entry;
        const its = view(entry, bucket.owner, encode);
        if (version.isMarker) shown.DeleteMarkers.push(its);
        else {
          shown.Versions.push({
            ...its,
            ETag: `"${version.etag}"`,
            Size: version.size,
            StorageClass: 'STANDARD',
            ChecksumAlgorithm: [version.checksum.algorithm],
            ChecksumType: version.checksum.type,
          });
        }
      }
      return {
        Name: bucket.name,
        Prefix: encode(prefix),
        KeyMarker: encode(KeyMarker),
        VersionIdMarker: VersionIdMarker ?? '',
        ...(page.isTruncated ? { NextKeyMarker: encode(page.last ?? '') } : {}),
        ...(page.isTruncated && page.lastEntry ? { NextVersionIdMarker: page.lastEntry.version.id } : {}),
        ...(delimiter === '' ? {} : { Delimiter: encode(delimiter) }),
        ...(input.EncodingType ? { EncodingType: input.EncodingType } : {}),
        MaxKeys: limit,
        IsTruncated: page.isTruncated,
        ...shown,
        CommonPrefixes: page.commonPrefixes.map((one) => ({ Prefix: encode(one) })),
      };
    },
  ),
};
