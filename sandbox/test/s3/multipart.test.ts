import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  DeleteBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { defaultAccount } from '../../model/accounts.ts';
import { checksumOf, compositeOf } from '../../s3/checksums.ts';
import { errorOf } from '../../testing/world.ts';
import { createRequestHandler } from '../../wire/request-handler.ts';
import { Bucket, withBucket } from './bucket.ts';

const Key = 'image.part.0';
const mebibyte = 1024 * 1024;
const large = Buffer.alloc(5 * mebibyte, 'a');
const small = Buffer.from('the end');

const start = async (s3: S3Client, input: Partial<CreateMultipartUploadCommandInput> = {}) =>
  (await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...input }))).UploadId;

const upload = async (
  s3: S3Client,
  UploadId: string | undefined,
  PartNumber: number,
  Body: Buffer,
): Promise<CompletedPart> => {
  const { ETag, ChecksumCRC32 } = await s3.send(
    new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }),
  );
  return { PartNumber, ETag, ChecksumCRC32 };
};

const complete = (
  s3: S3Client,
  UploadId: string | undefined,
  Parts: CompletedPart[],
  input: Partial<CompleteMultipartUploadCommandInput> = {},
) =>
  s3.send(
    new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...input }),
  );

test('parts become one object: its content, S3’s ETag, its checksum, its properties', async () => {
  const { s3 } = await withBucket();
  const id = await start(s3, {
    ChecksumAlgorithm: 'CRC32',
    ContentType: 'application/x-bundle',
    Metadata: { a: '1' },
    Tagging: 't=1',
  });
  const second = await upload(s3, id, 2, small);
  const first = await upload(s3, id, 1, large);
  const made = await complete(s3, id, [first, second]);
  const md5s = [large, small].map((part) => createHash('md5').update(part).digest());
  const crcs = [large, small].map((part) => checksumOf('CRC32', part));
  expect(made).toMatchObject({
    Bucket,
    Key,
    ETag: `"${createHash('md5').update(Buffer.concat(md5s)).digest('hex')}-2"`,
    ChecksumCRC32: compositeOf('CRC32', crcs),
    ChecksumType: 'COMPOSITE',
    Location: 'https://a-bucket.s3.us-east-1.amazonaws.com/image.part.0',
  });
  const { Body, ...object } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  expect(Buffer.concat([large, small]).equals((await Body?.transformToByteArray()) ?? Buffer.alloc(0))).toBe(
    true,
  );
  expect(object).toMatchObject({ ContentType: 'application/x-bundle', Metadata: { a: '1' }, TagCount: 1 });
  const across = await s3.send(
    new GetObjectCommand({ Bucket, Key, Range: `bytes=${large.length - 2}-${large.length + 2}` }),
  );
  expect(await across.Body?.transformToString()).toBe('aathe');
  const again = await complete(s3, id, [first, second], { IfNoneMatch: '*' });
  expect([again.ETag, again.ChecksumCRC32]).toEqual([made.ETag, made.ChecksumCRC32]);
  expect(await errorOf(upload(s3, id, 3, small))).toBe('NoSuchUpload');
  const part = await s3.send(new GetObjectCommand({ Bucket, Key, PartNumber: 2 }));
  expect([await part.Body?.transformToString(), part.PartsCount]).toEqual(['the end', 2]);
  expect(await errorOf(s3.send(new GetObjectCommand({ Bucket, Key, PartNumber: 3 })))).toBe(
    'InvalidPartNumber',
  );
});

test('invalid lists of parts leave the upload as it was', async () => {
  const { s3 } = await withBucket();
  const id = await start(s3);
  const parts = [await upload(s3, id, 1, small), await upload(s3, id, 2, small)];
  const [one, two] = parts as [CompletedPart, CompletedPart];
  const refused = (list: CompletedPart[], input = {}) => errorOf(complete(s3, id, list, input));
  expect(await refused([one, two])).toBe('EntityTooSmall');
  expect(await refused([two, one])).toBe('InvalidPartOrder');
  expect(await refused([one, { ...one, PartNumber: 2, ETag: '"0"' }])).toBe('InvalidPart');
  expect(await refused([{ ...one, ETag: '"0123"' }])).toBe('InvalidPart');
  expect(await refused([{ ...one, ChecksumCRC32: two.ChecksumCRC32?.replace(/^./, '+') }])).toBe(
    'InvalidPart',
  );
  expect(await refused([two])).toBe('InvalidPartOrder');
  expect(await refused([])).toBe('MalformedXML');
  expect(await refused([one], { MpuObjectSize: 1 })).toBe('InvalidRequest');
  expect(await refused([one], { ChecksumCRC64NVME: checksumOf('CRC64NVME', large) })).toBe('BadDigest');
  expect(await errorOf(upload(s3, id, 10_001, small))).toBe('InvalidArgument');
  expect(await errorOf(upload(s3, 'none', 1, small))).toBe('NoSuchUpload');
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'there' }));
  expect(await refused([one], { IfNoneMatch: '*' })).toBe('PreconditionFailed');
  expect(await refused([one])).toBe('no error');
});

test('a part must have the checksum algorithm that the upload was started with', async () => {
  const { s3 } = await withBucket();
  const sha = await start(s3, { ChecksumAlgorithm: 'SHA256' });
  expect(await errorOf(upload(s3, sha, 1, small))).toBe('InvalidRequest');
  const crc = await start(s3, { ChecksumAlgorithm: 'CRC32' });
  const { ChecksumCRC32: _, ...part } = await upload(s3, crc, 1, small);
  expect(await errorOf(complete(s3, crc, [part]))).toBe('InvalidRequest');
  expect(await errorOf(start(s3, { ChecksumAlgorithm: 'SHA256', ChecksumType: 'FULL_OBJECT' }))).toBe(
    'InvalidRequest',
  );
});

test('without checksums of the client the object gets S3’s own', async () => {
  const { aws } = await withBucket();
  const s3 = new S3Client({
    region: 'us-east-1',
    credentials: defaultAccount,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    requestHandler: createRequestHandler(aws),
  });
  const id = await start(s3);
  const parts = [await upload(s3, id, 1, large), await upload(s3, id, 2, small)];
  expect(await complete(s3, id, parts)).toMatchObject({
    ChecksumCRC64NVME: checksumOf('CRC64NVME', Buffer.concat([large, small])),
    ChecksumType: 'FULL_OBJECT',
  });
});

test('parts are replaced, copied and listed page by page', async () => {
  const { s3 } = await withBucket();
  await s3.send(new PutObjectCommand({ Bucket, Key: 'source', Body: '0123456789' }));
  const id = await start(s3);
  await upload(s3, id, 1, large);
  await upload(s3, id, 1, small);
  const copied = await s3.send(
    new UploadPartCopyCommand({
      Bucket,
      Key,
      UploadId: id,
      PartNumber: 4,
      CopySource: `${Bucket}/source`,
      CopySourceRange: 'bytes=2-4',
    }),
  );
  expect(copied.CopyPartResult?.ETag).toBe(`"${createHash('md5').update('234').digest('hex')}"`);
  const page = (PartNumberMarker?: string) =>
    s3.send(new ListPartsCommand({ Bucket, Key, UploadId: id, MaxParts: 1, PartNumberMarker }));
  const first = await page();
  expect([first.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size]), first.IsTruncated]).toEqual([
    [[1, small.length]],
    true,
  ]);
  const second = await page(first.NextPartNumberMarker);
  expect([second.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size]), second.IsTruncated]).toEqual([
    [[4, 3]],
    false,
  ]);
});

test('uploads are listed until they end, and do not prevent deleting a bucket', async () => {
  const { s3 } = await withBucket();
  const [one, two] = [await start(s3), await start(s3)];
  await start(s3, { Key: 'a/b' });
  await upload(s3, one, 1, small);
  const list = async (input = {}) => {
    const page = await s3.send(new ListMultipartUploadsCommand({ Bucket, ...input }));
    return { ids: (page.Uploads ?? []).map(({ UploadId }) => UploadId), page };
  };
  expect((await list({ Prefix: Key })).ids).toEqual([one, two]);
  const { page } = await list({ Prefix: Key, MaxUploads: 1 });
  expect(page).toMatchObject({ NextKeyMarker: Key, NextUploadIdMarker: one, IsTruncated: true });
  expect((await list({ KeyMarker: Key, UploadIdMarker: one })).ids).toEqual([two]);
  expect((await list({ Delimiter: '/' })).page.CommonPrefixes).toEqual([{ Prefix: 'a/' }]);
  const abort = () => s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId: one }));
  await abort();
  expect(await errorOf(abort())).toBe('NoSuchUpload');
  expect(await errorOf(s3.send(new HeadObjectCommand({ Bucket, Key })))).toBe('NotFound');
  expect((await list()).ids).toHaveLength(2);
  expect(await errorOf(s3.send(new DeleteBucketCommand({ Bucket })))).toBe('no error');
});
