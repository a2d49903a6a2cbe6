import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  DeleteObjectTaggingCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectTaggingCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import type { ChecksumAlgorithm } from '../../model/bucket-records.ts';
import { algorithms, checksumOf } from '../../s3/checksums.ts';
import { errorOf } from '../../testing/world.ts';
import { Bucket, withBucket } from './bucket.ts';

const put = (s3: S3Client, Key: string, input: Partial<PutObjectCommandInput> = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body: 'content', ...input }));

const get = (s3: S3Client, Key: string, input: Partial<GetObjectCommandInput> = {}) =>
  s3.send(new GetObjectCommand({ Bucket, Key, ...input }));

const contentOf = async (s3: S3Client, Key: string, input: Partial<GetObjectCommandInput> = {}) =>
  (await get(s3, Key, input)).Body?.transformToString();

const md5 = (content: string) => `"${createHash('md5').update(content).digest('hex')}"`;

test('a stream in chunks with a trailing checksum is stored as its content', async () => {
  const { s3 } = await withBucket();
  const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 251));
  const pieces = [bytes.subarray(0, 1), bytes.subarray(1, 70_000), bytes.subarray(70_000)];
  const made = await put(s3, 'stream', { Body: Readable.from(pieces), ContentLength: bytes.length });
  const { Body, ...answer } = await get(s3, 'stream', { ChecksumMode: 'ENABLED' });
  expect(Buffer.compare((await Body?.transformToByteArray()) ?? Buffer.alloc(0), bytes)).toBe(0);
  expect(answer).toMatchObject({
    ContentLength: bytes.length,
    ETag: `"${createHash('md5').update(bytes).digest('hex')}"`,
    ChecksumCRC32: made.ChecksumCRC32,
    ChecksumType: 'FULL_OBJECT',
  });
  expect(answer.ContentEncoding).toBeUndefined();
});

test('properties of an object are returned by both GET and HEAD', async () => {
  const { s3 } = await withBucket();
  await put(s3, 'k', {
    CacheControl: 'no-cache',
    ContentDisposition: 'attachment; filename="a b"',
    ContentEncoding: 'gzip',
    ContentLanguage: 'de',
    ContentType: 'text/plain',
    Expires: new Date('2030-01-02T03:04:05Z'),
    Metadata: { Release: 'official@2.6.4', other: '' },
    Tagging: 'a=1&b=two%20words',
  });
  const said = {
    CacheControl: 'no-cache',
    ContentDisposition: 'attachment; filename="a b"',
    ContentEncoding: 'gzip',
    ContentLanguage: 'de',
    ContentType: 'text/plain',
    ExpiresString: 'Wed, 02 Jan 2030 03:04:05 GMT',
    Metadata: { release: 'official@2.6.4', other: '' },
    ContentLength: 7,
    ETag: md5('content'),
    ServerSideEncryption: 'AES256',
    TagCount: 2,
  };
  expect(await get(s3, 'k')).toMatchObject(said);
  expect(await s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }))).toMatchObject(said);
  expect(await get(s3, 'k', { ResponseContentType: 'image/png' })).toMatchObject({
    ContentType: 'image/png',
  });
});

test.each([
  'a/b//c',
  ' leading and trailing ',
  '../../../etc/passwd',
  '.',
  '+%2B&=?#',
  'é\u0301日本😀',
  `a"<'>\\`,
  'x\ny\u0001',
])('the key %j names exactly one object', async (Key) => {
  const { s3 } = await withBucket();
  await put(s3, 'beside', { Body: 'another' });
  await put(s3, Key, { Body: Key });
  expect(await contentOf(s3, Key)).toBe(Key);
  expect(await contentOf(s3, 'beside')).toBe('another');
});

test('a key may have 1,024 bytes', async () => {
  const { s3 } = await withBucket();
  expect(await errorOf(put(s3, 'é'.repeat(512)))).toBe('no error');
  expect(await errorOf(put(s3, `${'é'.repeat(512)}a`))).toBe('KeyTooLongError');
});

test.each([
  ['bytes=0-2', 'con', 'bytes 0-2/7'],
  ['bytes=5-100', 'nt', 'bytes 5-6/7'],
  ['bytes=3-', 'tent', 'bytes 3-6/7'],
  ['bytes=-2', 'nt', 'bytes 5-6/7'],
  ['bytes=0-0,2-3', 'content', undefined],
  ['bytes=5-2', 'content', undefined],
  ['lines=1-2', 'content', undefined],
])('the range %s', async (Range, content, range) => {
  const { s3 } = await withBucket();
  await put(s3, 'k');
  const { Body, ContentRange, ContentLength, $metadata } = await get(s3, 'k', {
    Range,
    ChecksumMode: 'ENABLED',
  });
  expect([await Body?.transformToString(), ContentRange, ContentLength, $metadata.httpStatusCode]).toEqual([
    content,
    range,
    content.length,
    range ? 206 : 200,
  ]);
});

test('a range beyond the end is refused with the size', async () => {
  const { s3 } = await withBucket();
  await put(s3, 'k');
  const error = await get(s3, 'k', { Range: 'bytes=7-' }).catch((thrown) => thrown);
  expect(error).toMatchObject({
    name: 'InvalidRange',
    ActualObjectSize: '7',
    $metadata: { httpStatusCode: 416 },
  });
});

test('conditions of a read are checked', async () => {
  const { s3 } = await withBucket();
  const ETag = (await put(s3, 'k')).ETag;
  const { LastModified = new Date(0) } = await get(s3, 'k');
  const before = new Date(LastModified.getTime() - 1000);
  const status = async (input: Partial<GetObjectCommandInput>) =>
    get(s3, 'k', input).then(
      ({ $metadata }) => $metadata.httpStatusCode,
      (error) => error.$metadata.httpStatusCode,
    );
  expect(await status({ IfMatch: ETag })).toBe(200);
  expect(await status({ IfMatch: '"other"' })).toBe(412);
  expect(await status({ IfNoneMatch: ETag })).toBe(304);
  expect(await status({ IfNoneMatch: '"other"' })).toBe(200);
  expect(await status({ IfModifiedSince: LastModified })).toBe(304);
  expect(await status({ IfModifiedSince: before })).toBe(200);
  expect(await status({ IfUnmodifiedSince: before })).toBe(412);
  expect(await status({ IfUnmodifiedSince: LastModified })).toBe(200);
  expect(await status({ IfMatch: ETag, IfUnmodifiedSince: before })).toBe(200);
  expect(await status({ IfNoneMatch: '"other"', IfModifiedSince: LastModified })).toBe(200);
});

test('a write whose condition fails does not change the object', async () => {
  const { s3 } = await withBucket();
  expect(await errorOf(put(s3, 'k', { IfMatch: md5('old') }))).toBe('NoSuchKey');
  expect(await errorOf(put(s3, 'k', { Body: 'old', IfNoneMatch: '*' }))).toBe('no error');
  expect(await errorOf(put(s3, 'k', { Body: 'new', IfNoneMatch: '*' }))).toBe('PreconditionFailed');
  expect(await errorOf(put(s3, 'k', { Body: 'new', IfMatch: md5('other') }))).toBe('PreconditionFailed');
  expect(await errorOf(put(s3, 'k', { Body: 'new', IfNoneMatch: md5('x') }))).toBe('NotImplemented');
  expect(await contentOf(s3, 'k')).toBe('old');
  await put(s3, 'k', { Body: 'new', IfMatch: md5('old') });
  expect(await contentOf(s3, 'k')).toBe('new');
});

/** Check values of the nine characters `123456789`, from the catalogue of CRC algorithms and from coreutils. */
test.each<[ChecksumAlgorithm, string]>([
  ['CRC32', 'cbf43926'],
  ['CRC32C', 'e3069283'],
  ['CRC64NVME', 'ae8b14860a799888'],
  ['MD5', '25f9e794323b453885f5181f1b624d0b'],
  ['SHA1', 'f7c3bc1d808e04732adf679965ccc34ca7ae3441'],
])('%s of 123456789', (algorithm, hex) => {
  expect(Buffer.from(checksumOf(algorithm, Buffer.from('123456789')), 'base64').toString('hex')).toBe(hex);
});

const ofClient = (Object.keys(algorithms) as ChecksumAlgorithm[]).filter((name) => name !== 'SHA512');

test.each(ofClient)('a matching %s is stored and returned; a wrong one stores nothing', async (algorithm) => {
  const { s3 } = await withBucket();
  const member = `Checksum${algorithm}`;
  const value = checksumOf(algorithm, Buffer.from('content'));
  await put(s3, 'good', { [member]: value });
  expect(await get(s3, 'good', { ChecksumMode: 'ENABLED' })).toMatchObject({ [member]: value });
  const wrong = checksumOf(algorithm, Buffer.from('another'));
  expect(await errorOf(put(s3, 'bad', { [member]: wrong }))).toBe('BadDigest');
  expect(await errorOf(put(s3, 'bad', { [member]: 'short' }))).toBe('InvalidRequest');
  expect(await errorOf(get(s3, 'bad'))).toBe('NoSuchKey');
});

test('Content-MD5 is compared', async () => {
  const { s3 } = await withBucket();
  const of = (content: string) => createHash('md5').update(content).digest('base64');
  expect(await errorOf(put(s3, 'k', { ContentMD5: of('content') }))).toBe('no error');
  expect(await errorOf(put(s3, 'k', { ContentMD5: of('other') }))).toBe('BadDigest');
  expect(await errorOf(put(s3, 'k', { ContentMD5: 'x' }))).toBe('InvalidDigest');
});

test('headers that the sandbox does not store are refused, not ignored', async () => {
  const { s3 } = await withBucket();
  expect(await errorOf(put(s3, 'k', { StorageClass: 'GLACIER' }))).toBe('NotImplementedBySandbox');
  expect(await errorOf(put(s3, 'k', { ServerSideEncryption: 'aws:kms' }))).toBe('NotImplementedBySandbox');
  expect(await errorOf(put(s3, 'k', { GrantRead: 'id=1' }))).toBe('NotImplementedBySandbox');
  expect(await errorOf(put(s3, 'k', { Metadata: { large: 'x'.repeat(2100) } }))).toBe('MetadataTooLarge');
});

test('tags of an object are put, read and deleted', async () => {
  const { s3 } = await withBucket();
  await put(s3, 'k', { Tagging: 'a=1' });
  const tags = async () => (await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'k' }))).TagSet;
  const set = (TagSet: { Key: string; Value: string }[]) =>
    s3.send(new PutObjectTaggingCommand({ Bucket, Key: 'k', Tagging: { TagSet } }));
  expect(await tags()).toEqual([{ Key: 'a', Value: '1' }]);
  await set([{ Key: 'b', Value: '2' }]);
  expect(await tags()).toEqual([{ Key: 'b', Value: '2' }]);
  expect(await errorOf(set(Array.from({ length: 11 }, (_, at) => ({ Key: `${at}`, Value: '' }))))).toBe(
    'BadRequest',
  );
  expect(await errorOf(put(s3, 'k', { Tagging: 'a=1&a=2' }))).toBe('InvalidArgument');
  await s3.send(new DeleteObjectTaggingCommand({ Bucket, Key: 'k' }));
  expect(await tags()).toEqual([]);
});

test('a copy has its own content, the source’s metadata or new one, and no ACL of the source', async () => {
  const { s3 } = await withBucket();
  await put(s3, 'ä from', { ContentType: 'text/plain', Metadata: { a: '1' }, Tagging: 't=1' });
  const copy = (input: Partial<CopyObjectCommandInput>) =>
    s3.send(
      new CopyObjectCommand({
        Bucket,
        Key: 'to',
        CopySource: `${Bucket}/${encodeURIComponent('ä from')}`,
        ...input,
      }),
    );
  expect((await copy({})).CopyObjectResult?.ETag).toBe(md5('content'));
  await put(s3, 'ä from', { Body: 'changed' });
  const { Body, ...answer } = await get(s3, 'to');
  expect(await Body?.transformToString()).toBe('content');
  expect(answer).toMatchObject({ ContentType: 'text/plain', Metadata: { a: '1' }, TagCount: 1 });
  await copy({ MetadataDirective: 'REPLACE', Metadata: { b: '2' }, TaggingDirective: 'REPLACE' });
  const replaced = await get(s3, 'to');
  expect(replaced).toMatchObject({ ContentType: 'binary/octet-stream', Metadata: { b: '2' } });
  expect(replaced.TagCount).toBeUndefined();
  expect(await errorOf(copy({ Key: 'ä from' }))).toBe('InvalidRequest');
  expect(await errorOf(copy({ CopySource: `${Bucket}/none` }))).toBe('NoSuchKey');
  expect(await errorOf(copy({ CopySource: 'no-bucket/none' }))).toBe('NoSuchBucket');
  expect(await errorOf(copy({ CopySource: Bucket }))).toBe('InvalidArgument');
  expect(await errorOf(copy({ CopySourceIfNoneMatch: md5('changed') }))).toBe('PreconditionFailed');
});
