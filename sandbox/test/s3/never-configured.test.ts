import {
  GetBucketAccelerateConfigurationCommand,
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLoggingCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketPolicyStatusCommand,
  GetBucketReplicationCommand,
  GetBucketRequestPaymentCommand,
  GetBucketWebsiteCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { errorOf } from '../../testing/world.ts';
import { Bucket, withBucket } from './bucket.ts';

/**
 * What amazon.aws's s3_bucket, Cloud Custodian's s3 and aws-nuke request from every bucket, with each operation page's answer
 * for a new one.
 */
test('settings that were never configured are answered as by S3', async () => {
  const { s3 } = await withBucket();
  const input = { Bucket };
  const { $metadata: _, ...payment } = await s3.send(new GetBucketRequestPaymentCommand(input));
  expect(payment).toEqual({ Payer: 'BucketOwner' });
  const { ServerSideEncryptionConfiguration } = await s3.send(new GetBucketEncryptionCommand(input));
  expect(ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault).toEqual({
    SSEAlgorithm: 'AES256',
  });
  for (const call of [
    s3.send(new GetBucketNotificationConfigurationCommand(input)),
    s3.send(new GetBucketLoggingCommand(input)),
    s3.send(new GetBucketAccelerateConfigurationCommand(input)),
  ]) {
    const { $metadata: __, ...answer } = await call;
    expect(answer).toEqual({});
  }
  expect([
    await errorOf(s3.send(new GetBucketReplicationCommand(input))),
    await errorOf(s3.send(new GetBucketLifecycleConfigurationCommand(input))),
    await errorOf(s3.send(new GetBucketWebsiteCommand(input))),
    await errorOf(s3.send(new GetBucketCorsCommand(input))),
    await errorOf(s3.send(new GetBucketPolicyStatusCommand(input))),
  ]).toEqual([
    'ReplicationConfigurationNotFoundError',
    'NoSuchLifecycleConfiguration',
    'NoSuchWebsiteConfiguration',
    'NoSuchCORSConfiguration',
    'NoSuchBucketPolicy',
  ]);
  expect(await errorOf(s3.send(new GetBucketCorsCommand({ Bucket: 'no-bucket' })))).toBe('NoSuchBucket');
});
