import { createHash } from 'node:crypto';
import type { Context } from '../calls/operation.ts';
import type { BucketRecord, CannedAcl, ObjectProperties } from '../model/bucket-records.ts';
import { bucketsIn, putBucket } from '../s3/bucket-access.ts';
import { checkBucketName } from '../s3/bucket-names.ts';
import { checksumOf } from '../s3/checksums.ts';
import { writeContent } from '../s3/content.ts';
import { putMarker, putVersion } from '../s3/objects.ts';
import { partsOf, uploadsIn } from '../s3/uploads.ts';
import { newId, wholeSecond } from '../s3/versions.ts';
import { writeManifest } from '../wire/bundle-manifest.ts';
import type { SeededBucket, SeededBundle, SeededImage } from './seeded-world.ts';

const propertiesOf = (acl: CannedAcl): ObjectProperties => ({
  acl,
  metadata: {},
  headers: { ContentType: 'binary/octet-stream' },
});

const put = (
  context: Context,
  bucket: BucketRecord,
  key: string,
  acl: CannedAcl,
  bytes = Buffer.alloc(0),
): void => {
  putVersion(context, bucket, key, {
    ...propertiesOf(acl),
    etag: createHash('md5').update(bytes).digest('hex'),
    size: bytes.length,
    content: bytes.length === 0 ? [] : [writeContent(context, bytes)],
    checksum: { algorithm: 'CRC64NVME', type: 'FULL_OBJECT', value: checksumOf('CRC64NVME', bytes) },
  });
};

const blockAll = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

/** A bucket as gopackgo and other careful users create it for bundles: ACLs enabled, public access blocked. */
export const seedBucket = (context: Context, seeded: SeededBucket): void => {
  const { name, createdAt, versioning, tags, objects = [], unfinished = [] } = seeded;
  checkBucketName(name);
  if (bucketsIn(context.store).get(name)) throw new Error(`the bucket ${name} already exists`);
  const bucket: BucketRecord = {
    name,
    owner: context.account,
    region: context.region,
    createdAt: wholeSecond(createdAt === undefined ? context.now : new Date(createdAt)),
    ownership: 'BucketOwnerPreferred',
    publicAccessBlock: blockAll,
    acl: 'private',
    ...(versioning === undefined ? {} : { versioning }),
    ...(tags === undefined ? {} : { tags: { ...tags } }),
  };
  putBucket(context, bucket);
  for (const { key, versions = 1, isDeleted = false } of objects) {
    if (versioning === undefined && (versions > 1 || isDeleted)) {
      throw new Error(
        `${key} of the bucket ${name} cannot have versions: versioning is not enabled on the bucket`,
      );
    }
    for (let version = 0; version < versions; version += 1) put(context, bucket, key, 'private');
    if (isDeleted) putMarker(context, bucket, key);
  }
  for (const [index, { key, parts }] of unfinished.entries()) {
    const order = context.now.getTime() + index;
    const id = newId(order, 64);
    const startedAt = wholeSecond(context.now);
    uploadsIn(context, bucket).put(id, { id, order, key, startedAt, properties: propertiesOf('private') });
    for (let number = 1; number <= parts; number += 1) {
      const content = writeContent(context, Buffer.alloc(1));
      const etag = createHash('md5').update(Buffer.alloc(1)).digest('hex');
      partsOf(context, bucket, id).put(String(number), {
        number,
        modifiedAt: startedAt,
        etag,
        size: 1,
        content,
      });
    }
  }
};

/** Creates the objects of an image's bundle; returns the location of its manifest. */
export const seedBundle = (
  context: Context,
  { architecture = 'x86_64' }: SeededImage,
  { bucket: name, prefix, parts }: SeededBundle,
): string => {
  const bucket = bucketsIn(context.store).get(name);
  if (!bucket) throw new Error(`its bundle is in the bucket ${name}, which is not described`);
  const digest = createHash('sha1').update(Buffer.alloc(0)).digest('hex');
  const base = prefix.slice(prefix.lastIndexOf('/') + 1);
  const numbers = Array.from({ length: parts }, (_, index) => String(index).padStart(2, '0'));
  const manifest = writeManifest(
    {
      name: base,
      user: context.account,
      architecture,
      ancestors: [],
      parts: numbers.map((number) => ({ filename: `${base}.part.${number}`, digest })),
    },
    { size: 0, bundledSize: 0, digest, seal: () => '00' },
  );
  for (const number of numbers) put(context, bucket, `${prefix}.part.${number}`, 'aws-exec-read');
  const key = `${prefix}.manifest.xml`;
  put(context, bucket, key, 'aws-exec-read', Buffer.from(manifest, 'utf8'));
  return `${name}/${key}`;
};
