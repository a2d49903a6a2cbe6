import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { createAws } from '../../aws.ts';
import { createFaults } from '../../calls/faults.ts';
import { defaultAccount } from '../../model/accounts.ts';
import { createRequestHandler } from '../../wire/request-handler.ts';

/** A process to kill: puts an object repeatedly, with a number as content, and prints the number after each answer. */
const [, , folder = ''] = process.argv;
const aws = createAws({
  folder,
  faults: createFaults(),
  machines: { start: async () => undefined, stop: async () => undefined },
});
const s3 = new S3Client({
  region: 'us-east-1',
  credentials: defaultAccount,
  requestHandler: createRequestHandler(aws),
});
await s3.send(new CreateBucketCommand({ Bucket: 'a-bucket' }));
for (let number = 1; number <= 10_000; number += 1) {
  const Body = `${number} `.repeat(50_000);
  await s3.send(new PutObjectCommand({ Bucket: 'a-bucket', Key: 'k', Body }));
  process.stdout.write(`${number}\n`);
}
