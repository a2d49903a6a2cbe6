import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { expect, onTestFinished, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../index.ts';
import { askThrough } from '../server/tunnel.ts';

const started = async (): Promise<{ sandbox: Sandbox; s3: (options?: object) => S3Client }> => {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox s3-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const sandbox = await startSandbox({ folder });
  onTestFinished(() => sandbox.close());
  const agent = new HttpsProxyAgent(sandbox.url, { keepAlive: true });
  agent.options = { ...agent.options, ca: sandbox.ca } as typeof agent.options;
  const s3 = (options = {}) => {
    const client = new S3Client({
      region: 'us-east-1',
      maxAttempts: 1,
      credentials: sandbox.credentials,
      requestHandler: new NodeHttpHandler({ httpsAgent: agent }),
      ...options,
    });
    onTestFinished(() => client.destroy());
    return client;
  };
  return { sandbox, s3 };
};

const Bucket = 'a-bucket';

test('content of some megabytes goes through TLS to a bucket’s own host and back, streamed or at once', async () => {
  const { s3 } = await started();
  const client = s3();
  await client.send(new CreateBucketCommand({ Bucket }));
  const bytes = Buffer.alloc(6 * 1024 * 1024, 'content');
  await client.send(new PutObjectCommand({ Bucket, Key: 'at once', Body: bytes }));
  const Body = Readable.from([bytes.subarray(0, 1_000_000), bytes.subarray(1_000_000)]);
  await client.send(new PutObjectCommand({ Bucket, Key: 'stream', Body, ContentLength: bytes.length }));
  for (const Key of ['at once', 'stream']) {
    const { ContentLength } = await client.send(new HeadObjectCommand({ Bucket, Key }));
    expect(ContentLength).toBe(bytes.length);
    const got = await client.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));
    expect(bytes.equals((await got.Body?.transformToByteArray()) ?? Buffer.alloc(0))).toBe(true);
  }
  const { $metadata } = await client.send(new DeleteObjectCommand({ Bucket, Key: 'stream' }));
  expect($metadata.httpStatusCode).toBe(204);
  const gone = await client.send(new HeadObjectCommand({ Bucket, Key: 'stream' })).catch((error) => error);
  expect([gone.name, gone.$metadata.httpStatusCode]).toEqual(['NotFound', 404]);
});

test('a bucket with dots is reached by path, but not by host over TLS, as on AWS', async () => {
  const { s3, sandbox } = await started();
  const dotted = 'images.example.com';
  await s3({ forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: dotted }));
  const asked = (host: string) => askThrough(sandbox.url, sandbox.ca, `https://${host}/`, { method: 'GET' });
  await expect(asked(`${dotted}.s3.us-east-1.amazonaws.com`)).rejects.toThrow(/certificate|altnames/i);
  expect((await asked('images.s3.us-east-1.amazonaws.com')).status).toBe(404);
  expect((await asked('s3.amazonaws.com')).status).toBe(403);
});
