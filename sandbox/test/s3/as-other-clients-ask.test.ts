/** Cases where third-party S3 clients got another answer than AWS's. Each test names its source. */
import { Readable } from 'node:stream';
import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketAclCommand,
  PutObjectAclCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { withoutChunks } from '../../s3/chunked-body.ts';
import { errorOf } from '../../testing/world.ts';
import { Bucket, withBucket } from './bucket.ts';
import { answerTo, signedRequest } from './signed-request.ts';

/**
 * awspub always sends it, and amazon.aws's integration test copy_object_acl_disabled_bucket.yml asserts it against AWS;
 * redpanda-data/connect#4372. PutObjectAcl and PutBucketAcl do fail: hashicorp/terraform-provider-aws#31460, #34079.
 */
test('the ACL `private` may be given for a new object if ACLs are off, but not for an existing one', async () => {
  const { s3 } = await withBucket();
  const object = { Bucket, Key: 'k', ACL: 'private' as const };
  expect(await errorOf(s3.send(new PutObjectCommand({ ...object, Body: 'content' })))).toBe('no error');
  expect(await errorOf(s3.send(new CreateMultipartUploadCommand(object)))).toBe('no error');
  const open = new PutObjectCommand({ ...object, ACL: 'public-read' });
  expect(await errorOf(s3.send(open))).toBe('AccessControlListNotSupported');
  expect(await errorOf(s3.send(new PutObjectAclCommand(object)))).toBe('AccessControlListNotSupported');
  const ofBucket = new PutBucketAclCommand({ Bucket, ACL: 'private' });
  expect(await errorOf(s3.send(ofBucket))).toBe('AccessControlListNotSupported');
});

/** RFC 9110, section 15.4.5; ceph/s3-tests, test_get_object_ifnonematch_good and test_get_object_ifmodifiedsince_failed. */
test.each(['GET', 'HEAD'])('the 304 of a %s names the ETag and the time', async (method) => {
  const { s3, ...world } = await withBucket();
  const { ETag = '' } = await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'content' }));
  const { LastModified } = await s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }));
  const request = signedRequest({ method, path: '/k', headers: { 'if-none-match': ETag } });
  const { status, headers, body } = await answerTo(world, request);
  expect({ status, etag: headers.etag, time: headers['last-modified'], size: body.length }).toEqual({
    status: 304,
    etag: ETag,
    time: LastModified?.toUTCString(),
    size: 0,
  });
});

/** ceph/s3-tests, test_object_content_encoding_aws_chunked. */
test.each([
  ['deflate, gzip', 'deflate, gzip'],
  ['aws-chunked, gzip', 'gzip'],
  ['deflate, gzip, aws-chunked', 'deflate, gzip'],
  ['aws-chunked', undefined],
])('the Content-Encoding %j is kept as %j', (given, kept) => {
  const request = {
    method: 'PUT',
    hostname: 's3.amazonaws.com',
    path: '/a-bucket/k',
    headers: { 'content-encoding': given, 'x-amz-decoded-content-length': '1' },
    body: Buffer.from('1\r\na\r\n0\r\n\r\n'),
  };
  const { headers } = withoutChunks(request, { chunk: () => {}, trailer: () => {} });
  expect(headers['content-encoding']).toBe(kept);
});

test('a stream that is framed in chunks keeps the encoding that its client gave', async () => {
  const { s3 } = await withBucket();
  const object = { Bucket, Key: 'k', ContentEncoding: 'deflate, gzip' };
  await s3.send(
    new PutObjectCommand({ ...object, Body: Readable.from([Buffer.from('content')]), ContentLength: 7 }),
  );
  expect((await s3.send(new GetObjectCommand({ Bucket, Key: 'k' }))).ContentEncoding).toBe('deflate, gzip');
});

/** ceph/s3-tests' teardown and aws-nuke's S3 objects send it to buckets without Object Lock. */
test('BypassGovernanceRetention is accepted, and has no effect without Object Lock', async () => {
  const { s3 } = await withBucket();
  for (const Key of ['a', 'b']) await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'content' }));
  const BypassGovernanceRetention = true;
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a', BypassGovernanceRetention }));
  const Delete = { Objects: [{ Key: 'b' }] };
  await s3.send(new DeleteObjectsCommand({ Bucket, Delete, BypassGovernanceRetention }));
  expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
});
