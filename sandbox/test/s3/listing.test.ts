import {
  DeleteObjectsCommand,
  ListObjectsCommand,
  type ListObjectsCommandInput,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { compareKeys } from '../../s3/key-order.ts';
import { errorOf } from '../../testing/world.ts';
import { Bucket, withBucket } from './bucket.ts';

const fill = async (s3: S3Client, keys: string[]) => {
  for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
};

const list = async (s3: S3Client, input: Partial<ListObjectsV2CommandInput> = {}) => {
  const page = await s3.send(new ListObjectsV2Command({ Bucket, ...input }));
  return {
    keys: page.Contents?.map(({ Key }) => Key) ?? [],
    prefixes: page.CommonPrefixes?.map(({ Prefix }) => Prefix) ?? [],
    next: page.NextContinuationToken,
    isTruncated: page.IsTruncated,
  };
};

test('keys are sorted by their bytes in UTF-8', async () => {
  const keys = ['Z', 'a', 'a/b', 'a0', 'ab', 'é', '日本', '\ufffd', '😀', 'a-', ''].filter(
    (key) => key !== '',
  );
  const sorted = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  expect([...keys].sort(compareKeys)).toEqual(sorted);
  const { s3 } = await withBucket();
  await fill(s3, keys);
  expect((await list(s3)).keys).toEqual(sorted);
});

test('2,500 keys are listed in three pages and deleted in three calls', async () => {
  const { s3 } = await withBucket();
  const keys = Array.from({ length: 2500 }, (_, at) => `part.${String(at).padStart(5, '0')}`);
  await fill(s3, keys);
  const pages: string[][] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket })) {
    pages.push(Contents.map(({ Key = '' }) => Key));
  }
  expect(pages.map(({ length }) => length)).toEqual([1000, 1000, 500]);
  expect(pages.flat()).toEqual(keys);
  const remove = (some: string[]) =>
    s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Quiet: true, Objects: some.map((Key) => ({ Key })) } }),
    );
  expect(await errorOf(remove(keys.slice(0, 1001)))).toBe('MalformedXML');
  for (const page of pages) expect((await remove(page)).Deleted).toBeUndefined();
  expect((await list(s3)).keys).toEqual([]);
});

test('prefix and delimiter roll up, and pages continue after a common prefix', async () => {
  const { s3 } = await withBucket();
  await fill(s3, ['a', 'b/1', 'b/2', 'c', 'd/x/1', 'd/x/2', 'd/y', 'e/', 'f']);
  expect(await list(s3, { Delimiter: '/' })).toMatchObject({
    keys: ['a', 'c', 'f'],
    prefixes: ['b/', 'd/', 'e/'],
  });
  expect(await list(s3, { Prefix: 'd/', Delimiter: '/' })).toMatchObject({
    keys: ['d/y'],
    prefixes: ['d/x/'],
  });
  expect(await list(s3, { Prefix: 'e/', Delimiter: '/' })).toMatchObject({ keys: ['e/'], prefixes: [] });
  const seen: unknown[] = [];
  let token: string | undefined;
  for (let page = 0; page < 7; page += 1) {
    const { keys, prefixes, next, isTruncated } = await list(s3, {
      Delimiter: '/',
      MaxKeys: 1,
      ContinuationToken: token,
    });
    seen.push(...keys, ...prefixes);
    token = next;
    if (!isTruncated) break;
  }
  expect(seen).toEqual(['a', 'b/', 'c', 'd/', 'e/', 'f']);
});

test('the older listing continues by marker, and names the next one if there is a delimiter', async () => {
  const { s3 } = await withBucket();
  await fill(s3, ['a', 'b/1', 'b/2', 'c']);
  const page = (input: Partial<ListObjectsCommandInput>) =>
    s3.send(new ListObjectsCommand({ Bucket, ...input }));
  const first = await page({ MaxKeys: 2 });
  expect([first.Contents?.map(({ Key }) => Key), first.NextMarker, first.IsTruncated]).toEqual([
    ['a', 'b/1'],
    undefined,
    true,
  ]);
  expect((await page({ Marker: 'b/1' })).Contents?.map(({ Key }) => Key)).toEqual(['b/2', 'c']);
  const rolled = await page({ MaxKeys: 2, Delimiter: '/' });
  expect(rolled.NextMarker).toBe('b/');
  const last = await page({ Marker: 'b/', Delimiter: '/' });
  expect([last.Contents?.map(({ Key }) => Key), last.CommonPrefixes]).toEqual([['c'], undefined]);
  expect(last.Contents?.[0]?.Owner?.ID).toMatch(/^[0-9a-f]{64}$/);
});

test('invalid limits, tokens and encodings are refused', async () => {
  const { s3 } = await withBucket();
  await fill(s3, ['a b/ü', 'x\u0001y']);
  const refused = (input: Partial<ListObjectsV2CommandInput>) => errorOf(list(s3, input));
  expect(await refused({ MaxKeys: -1 })).toBe('InvalidArgument');
  expect(await refused({ ContinuationToken: 'junk' })).toBe('InvalidArgument');
  expect(await refused({ EncodingType: 'base64' as 'url' })).toBe('InvalidArgument');
  expect(await list(s3, { MaxKeys: 0 })).toMatchObject({ keys: [], isTruncated: false });
  expect((await list(s3, { EncodingType: 'url' })).keys).toEqual(['a+b/%C3%BC', 'x%01y']);
  expect((await list(s3, { StartAfter: 'a b/ü' })).keys).toHaveLength(1);
});

test('deleting many objects reports the result for each', async () => {
  const { s3 } = await withBucket();
  await fill(s3, ['a', 'b']);
  const { Deleted = [], Errors = [] } = await s3.send(
    new DeleteObjectsCommand({
      Bucket,
      Delete: { Objects: [{ Key: 'a' }, { Key: 'none' }, { Key: 'b', VersionId: 'no version' }] },
    }),
  );
  expect(Deleted.map(({ Key }) => Key)).toEqual(['a', 'none']);
  expect(Errors).toMatchObject([{ Key: 'b', Code: 'InvalidArgument' }]);
  expect((await list(s3)).keys).toEqual(['b']);
});
