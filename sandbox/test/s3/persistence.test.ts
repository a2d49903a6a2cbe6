import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { expect, onTestFinished, test } from 'vitest';
import { s3Of } from '../../testing/s3-client.ts';
import { createWorld, errorOf, temporaryFolder } from '../../testing/world.ts';
import { Bucket, withBucket } from './bucket.ts';

const files = (folder: string): string[] => readdirSync(join(folder, 's3'));

test('objects, parts and buckets exist after a restart; unreferenced content is removed', async () => {
  const { s3, aws, folder } = await withBucket();
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'content', Metadata: { a: '1' } }));
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'm' }));
  await s3.send(new UploadPartCommand({ Bucket, Key: 'm', UploadId, PartNumber: 1, Body: 'part' }));
  await aws.close();
  const kept = files(folder).sort();
  writeFileSync(join(folder, 's3', 'written-and-never-named'), 'x');
  appendFileSync(join(folder, 'state.ndjson'), '[["object","","a-bucket","k",{"key":"k","vers');
  const again = s3Of(createWorld({ folder }));
  const { Body, Metadata } = await again.send(new GetObjectCommand({ Bucket, Key: 'k' }));
  expect([await Body?.transformToString(), Metadata]).toEqual(['content', { a: '1' }]);
  expect((await again.send(new ListPartsCommand({ Bucket, Key: 'm', UploadId }))).Parts).toHaveLength(1);
  expect(files(folder).sort()).toEqual(kept);
});

test('content that was replaced, deleted or reset takes no space', async () => {
  const { s3, aws, folder } = await withBucket();
  for (const Body of ['one', 'two']) await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body }));
  expect(files(folder)).toHaveLength(1);
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
  expect(files(folder)).toEqual([]);
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'three' }));
  await aws.reset();
  expect(files(folder)).toEqual([]);
  expect(await errorOf(s3.send(new GetObjectCommand({ Bucket, Key: 'k' })))).toBe('NoSuchBucket');
});

/** Writes one object repeatedly, and prints a line after each answer. */
const start = (folder: string): ChildProcess => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'overwrite.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
};

test.each([1, 20, 50])(
  'a kill after answer %i leaves the last content or the next one, complete',
  async (count) => {
    const folder = temporaryFolder();
    const child = start(folder);
    let answered = 0;
    if (child.stdout) {
      for await (const line of createInterface({ input: child.stdout })) {
        answered = Number(line);
        if (answered >= count) child.kill('SIGKILL');
      }
    }
    const { Body, ETag } = await s3Of(createWorld({ folder })).send(
      new GetObjectCommand({ Bucket, Key: 'k' }),
    );
    const content = (await Body?.transformToString()) ?? '';
    expect(ETag).toBe(`"${createHash('md5').update(content).digest('hex')}"`);
    const number = Number(content.split(' ')[0]);
    expect([answered, answered + 1]).toContain(number);
    expect(files(folder)).toHaveLength(1);
  },
);
