import { CreateBucketCommand, type CreateBucketCommandInput, type S3Client } from '@aws-sdk/client-s3';
import { s3Of } from '../../testing/s3-client.ts';
import { createWorld, type World } from '../../testing/world.ts';

export const Bucket = 'a-bucket';

/** A world with one bucket in us-east-1. */
export const withBucket = async (
  input: Partial<CreateBucketCommandInput> = {},
): Promise<World & { s3: S3Client }> => {
  const world = createWorld();
  const s3 = s3Of(world);
  await s3.send(new CreateBucketCommand({ Bucket, ...input }));
  return { ...world, s3 };
};
