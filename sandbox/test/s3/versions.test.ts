import {
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { errorOf } from '../../testing/world.ts';
import { Bucket, withBucket } from './bucket.ts';

const version = (s3: S3Client, Status: 'Enabled' | 'Suspended') =>
  s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));

const put = async (s3: S3Client, Key: string, Body: string) =>
  (await s3.send(new PutObjectCommand({ Bucket, Key, Body }))).VersionId;

const read = async (s3: S3Client, Key: string, VersionId?: string) =>
  (await s3.send(new GetObjectCommand({ Bucket, Key, VersionId }))).Body?.transformToString();

const remove = (s3: S3Client, Key: string, VersionId?: string) =>
  s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));

const list = async (s3: S3Client, input: object = {}) => {
  const page = await s3.send(new ListObjectVersionsCommand({ Bucket, ...input }));
  return {
    versions: (page.Versions ?? []).map(({ Key, VersionId, IsLatest }) => [Key, VersionId, IsLatest]),
    markers: (page.DeleteMarkers ?? []).map(({ Key, VersionId, IsLatest }) => [Key, VersionId, IsLatest]),
    page,
  };
};

test('older versions remain under a delete marker, and are visible again without it', async () => {
  const { s3 } = await withBucket();
  expect(await put(s3, 'k', 'before')).toBeUndefined();
  await version(s3, 'Enabled');
  const [one, two] = [await put(s3, 'k', 'one'), await put(s3, 'k', 'two')];
  expect(one).toMatch(/^[A-Za-z0-9._]{32}$/);
  expect([await read(s3, 'k'), await read(s3, 'k', one), await read(s3, 'k', 'null')]).toEqual([
    'two',
    'one',
    'before',
  ]);
  const { DeleteMarker, VersionId: marker } = await remove(s3, 'k');
  expect(DeleteMarker).toBe(true);
  const gone = await s3.send(new GetObjectCommand({ Bucket, Key: 'k' })).catch((error) => error);
  expect([gone.name, gone.$response.headers['x-amz-delete-marker']]).toEqual(['NoSuchKey', 'true']);
  const head = await s3
    .send(new HeadObjectCommand({ Bucket, Key: 'k', VersionId: marker }))
    .catch((error) => error);
  expect(head.$metadata.httpStatusCode).toBe(405);
  expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
  expect(await list(s3)).toMatchObject({
    versions: [
      ['k', two, false],
      ['k', one, false],
      ['k', 'null', false],
    ],
    markers: [['k', marker, true]],
  });
  expect(await remove(s3, 'k', marker)).toMatchObject({ DeleteMarker: true, VersionId: marker });
  expect(await read(s3, 'k')).toBe('two');
  expect((await remove(s3, 'k', two)).DeleteMarker).toBeUndefined();
  expect(await read(s3, 'k')).toBe('one');
});

test('suspended versioning replaces the version null and keeps the others', async () => {
  const { s3 } = await withBucket();
  await version(s3, 'Enabled');
  const one = await put(s3, 'k', 'one');
  await version(s3, 'Suspended');
  expect(await put(s3, 'k', 'two')).toBe('null');
  expect(await put(s3, 'k', 'three')).toBe('null');
  expect((await list(s3)).versions).toEqual([
    ['k', 'null', true],
    ['k', one, false],
  ]);
  expect(await remove(s3, 'k')).toMatchObject({ DeleteMarker: true, VersionId: 'null' });
  expect(await list(s3)).toMatchObject({ versions: [['k', one, false]], markers: [['k', 'null', true]] });
});

test('an invalid version id is distinguished from one that this key does not have', async () => {
  const { s3 } = await withBucket();
  await version(s3, 'Enabled');
  const id = await put(s3, 'k', 'one');
  await put(s3, 'other', 'one');
  expect(await errorOf(read(s3, 'k', 'junk'))).toBe('InvalidArgument');
  expect(await errorOf(read(s3, 'other', id))).toBe('NoSuchVersion');
  expect(await errorOf(remove(s3, 'other', id))).toBe('no error');
  expect(await read(s3, 'other')).toBe('one');
  const marker = list(s3, { VersionIdMarker: id });
  expect(await errorOf(marker)).toBe('InvalidArgument');
});

test('a bucket with many versions is emptied while it is listed, and only then deleted', async () => {
  const { s3 } = await withBucket();
  await put(s3, 'b', 'null version');
  await version(s3, 'Enabled');
  for (const Key of ['a', 'b', 'c']) {
    for (let at = 0; at < 5; at += 1) await put(s3, Key, String(at));
    await remove(s3, Key);
  }
  expect(await errorOf(s3.send(new DeleteBucketCommand({ Bucket })))).toBe('BucketNotEmpty');
  const deleted: string[] = [];
  let page: ListObjectVersionsCommandOutput | undefined;
  while (page === undefined || page.IsTruncated) {
    page = await s3.send(
      new ListObjectVersionsCommand({
        Bucket,
        MaxKeys: 4,
        KeyMarker: page?.NextKeyMarker,
        VersionIdMarker: page?.NextVersionIdMarker,
      }),
    );
    const { Versions = [], DeleteMarkers = [] } = page;
    const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
    deleted.push(...Objects.map(({ Key, VersionId }) => `${Key} ${VersionId}`));
    await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  }
  expect([deleted.length, new Set(deleted).size]).toEqual([19, 19]);
  expect(await errorOf(s3.send(new DeleteBucketCommand({ Bucket })))).toBe('no error');
});

test('listings of versions roll up too', async () => {
  const { s3 } = await withBucket();
  await version(s3, 'Enabled');
  for (const Key of ['a/1', 'a/1', 'a/2', 'b']) await put(s3, Key, 'x');
  const { page } = await list(s3, { Delimiter: '/', MaxKeys: 1 });
  expect([page.CommonPrefixes, page.Versions, page.NextKeyMarker, page.NextVersionIdMarker]).toEqual([
    [{ Prefix: 'a/' }],
    undefined,
    'a/',
    undefined,
  ]);
  const rest = await list(s3, { Delimiter: '/', KeyMarker: 'a/' });
  expect(rest.versions.map(([key]) => key)).toEqual(['b']);
});
