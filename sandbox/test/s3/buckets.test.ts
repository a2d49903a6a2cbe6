import {
  CreateBucketCommand,
  type CreateBucketCommandInput,
  DeleteBucketCommand,
  GetBucketLocationCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { otherAccount } from '../../model/accounts.ts';
import { isBucketName } from '../../s3/bucket-names.ts';
import { s3Of } from '../../testing/s3-client.ts';
import { createWorld, errorOf } from '../../testing/world.ts';
import { Bucket, withBucket } from './bucket.ts';

test.each([
  ['abc', true],
  ['a'.repeat(63), true],
  ['images.example.com', true],
  ['1-2-3', true],
  ['ab', false],
  ['a'.repeat(64), false],
  ['Images', false],
  ['im_ages', false],
  ['-images', false],
  ['images.', false],
  ['im..ages', false],
  ['192.168.5.4', false],
  ['xn--images', false],
  ['sthree-images', false],
  ['amzn-s3-demo-images', false],
  ['images-s3alias', false],
  ['images--ol-s3', false],
  ['images.mrap', false],
  ['images--x-s3', false],
  ['images--table-s3', false],
])('may a bucket be named %s: %s', (name, isAllowed) => {
  expect(isBucketName(name)).toBe(isAllowed);
});

test('an invalid bucket name is refused', async () => {
  const create = s3Of(createWorld()).send(new CreateBucketCommand({ Bucket: 'im_ages' }));
  expect(await errorOf(create)).toBe('InvalidBucketName');
});

const at = (region: string | undefined): Partial<CreateBucketCommandInput> =>
  region === undefined ? {} : { CreateBucketConfiguration: { LocationConstraint: region as 'eu-west-1' } };

test.each([
  ['us-east-1', undefined, 'no error'],
  ['us-east-1', 'us-east-1', 'InvalidLocationConstraint'],
  ['us-east-1', 'eu-west-1', 'IllegalLocationConstraintException'],
  ['eu-west-1', 'eu-west-1', 'no error'],
  ['eu-west-1', 'EU', 'no error'],
  ['eu-west-1', 'us-west-2', 'IllegalLocationConstraintException'],
  ['eu-west-1', 'us-east-1', 'IllegalLocationConstraintException'],
  ['eu-west-1', 'mars-north-1', 'IllegalLocationConstraintException'],
  ['us-east-1', 'mars-north-1', 'InvalidLocationConstraint'],
])('asked in %s for a bucket in %s: %s', async (region, constraint, error) => {
  const s3 = s3Of(createWorld(), { region });
  expect(await errorOf(s3.send(new CreateBucketCommand({ Bucket, ...at(constraint) })))).toBe(error);
});

test('names are unique across all accounts and regions; the owner gets a specific error', async () => {
  const world = createWorld();
  const create = (region: string, account = undefined as typeof otherAccount | undefined) =>
    errorOf(
      s3Of(world, { region, ...(account ? { account } : {}) }).send(
        new CreateBucketCommand({ Bucket, ...at(region === 'us-east-1' ? undefined : region) }),
      ),
    );
  expect(await create('eu-west-1')).toBe('no error');
  expect(await create('eu-west-1')).toBe('BucketAlreadyOwnedByYou');
  expect(await create('us-east-1')).toBe('BucketAlreadyOwnedByYou');
  expect(await create('us-east-1', otherAccount)).toBe('BucketAlreadyExists');
});

test('only us-east-1 lets its owner create a bucket twice', async () => {
  const { s3 } = await withBucket();
  await s3.send(new PutObjectCommand({ Bucket, Key: 'kept', Body: 'x' }));
  expect(await errorOf(s3.send(new CreateBucketCommand({ Bucket })))).toBe('no error');
  expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(1);
});

test('the error for a bucket in another region says where it is', async () => {
  const world = createWorld();
  await s3Of(world, { region: 'eu-west-1' }).send(new CreateBucketCommand({ Bucket, ...at('eu-west-1') }));
  const elsewhere = s3Of(world, { region: 'us-west-2' });
  const error = await elsewhere.send(new ListObjectsV2Command({ Bucket })).catch((thrown) => thrown);
  expect(error).toMatchObject({
    name: 'PermanentRedirect',
    Endpoint: 'a-bucket.s3.eu-west-1.amazonaws.com',
    $metadata: { httpStatusCode: 301 },
  });
  expect(error.$response.headers['x-amz-bucket-region']).toBe('eu-west-1');
  const head = await elsewhere.send(new HeadBucketCommand({ Bucket })).catch((thrown) => thrown);
  expect([head.$metadata.httpStatusCode, head.$response.headers['x-amz-bucket-region']]).toEqual([
    301,
    'eu-west-1',
  ]);
  const location = await s3Of(world).send(new GetBucketLocationCommand({ Bucket }));
  expect(location.LocationConstraint).toBe('eu-west-1');
  const here = await s3Of(world, { region: 'eu-west-1' }).send(new HeadBucketCommand({ Bucket }));
  expect(here.BucketRegion).toBe('eu-west-1');
});

test('the lists of two accounts contain their own buckets of every region, page by page', async () => {
  const world = createWorld();
  const s3 = s3Of(world);
  await s3Of(world, { account: otherAccount }).send(new CreateBucketCommand({ Bucket: 'of-another' }));
  await s3.send(new CreateBucketCommand({ Bucket: 'one' }));
  await s3.send(new CreateBucketCommand({ Bucket: 'two' }));
  await s3Of(world, { region: 'eu-west-1' }).send(
    new CreateBucketCommand({ Bucket: 'three', ...at('eu-west-1') }),
  );
  const names = async (input: object) => {
    const { Buckets = [], ContinuationToken } = await s3.send(new ListBucketsCommand(input));
    return { names: Buckets.map(({ Name }) => Name), ContinuationToken };
  };
  expect((await names({})).names).toEqual(['one', 'three', 'two']);
  expect((await names({ BucketRegion: 'eu-west-1' })).names).toEqual(['three']);
  expect((await names({ Prefix: 't' })).names).toEqual(['three', 'two']);
  const first = await names({ MaxBuckets: 2 });
  expect(first.names).toEqual(['one', 'three']);
  const second = await names({ MaxBuckets: 2, ContinuationToken: first.ContinuationToken });
  expect(second).toEqual({ names: ['two'], ContinuationToken: undefined });
  expect(await errorOf(s3.send(new ListBucketsCommand({ ContinuationToken: 'junk' })))).toBe(
    'InvalidArgument',
  );
});

test('a bucket that is missing, not empty or somebody else’s is refused', async () => {
  const { s3, ...world } = await withBucket();
  const other = s3Of(world, { account: otherAccount });
  expect(await errorOf(s3.send(new DeleteBucketCommand({ Bucket: 'no-bucket' })))).toBe('NoSuchBucket');
  expect(await errorOf(s3.send(new HeadBucketCommand({ Bucket: 'no-bucket' })))).toBe('NotFound');
  for (const command of [HeadBucketCommand, DeleteBucketCommand, ListObjectsV2Command]) {
    const error = await other.send(new command({ Bucket }) as never).catch((thrown) => thrown);
    expect(error.$metadata.httpStatusCode, command.name).toBe(403);
  }
  const expecting = new ListObjectsV2Command({ Bucket, ExpectedBucketOwner: otherAccount.id });
  expect(await errorOf(s3.send(expecting))).toBe('AccessDenied');
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }));
  expect(await errorOf(s3.send(new DeleteBucketCommand({ Bucket })))).toBe('BucketNotEmpty');
});

test('a deleted bucket is gone, and its name is free', async () => {
  const { s3, ...world } = await withBucket();
  await s3.send(new DeleteBucketCommand({ Bucket }));
  expect(await errorOf(s3.send(new ListObjectsV2Command({ Bucket })))).toBe('NoSuchBucket');
  const other = s3Of(world, { account: otherAccount });
  expect(await errorOf(other.send(new CreateBucketCommand({ Bucket })))).toBe('no error');
});
