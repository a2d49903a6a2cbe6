import {
  CreateBucketCommand,
  DeleteBucketOwnershipControlsCommand,
  DeleteBucketTaggingCommand,
  DeletePublicAccessBlockCommand,
  GetBucketAclCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetPublicAccessBlockCommand,
  ListObjectsV2Command,
  type ObjectCannedACL,
  type ObjectOwnership,
  PutBucketAclCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { otherAccount } from '../../model/accounts.ts';
import { s3Of } from '../../testing/s3-client.ts';
import { createWorld, errorOf } from '../../testing/world.ts';
import { Bucket, withBucket } from './bucket.ts';

const own = (s3: S3Client, ownership: ObjectOwnership) =>
  s3.send(
    new PutBucketOwnershipControlsCommand({
      Bucket,
      OwnershipControls: { Rules: [{ ObjectOwnership: ownership }] },
    }),
  );

test('a new bucket has ACLs disabled and public access blocked', async () => {
  const { s3 } = await withBucket();
  const controls = await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }));
  expect(controls.OwnershipControls?.Rules).toEqual([{ ObjectOwnership: 'BucketOwnerEnforced' }]);
  const block = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
  expect(block.PublicAccessBlockConfiguration).toEqual({
    BlockPublicAcls: true,
    IgnorePublicAcls: true,
    BlockPublicPolicy: true,
    RestrictPublicBuckets: true,
  });
});

test.each<[ObjectOwnership, ObjectCannedACL | undefined, string]>([
  ['BucketOwnerEnforced', undefined, 'no error'],
  ['BucketOwnerEnforced', 'bucket-owner-full-control', 'no error'],
  ['BucketOwnerEnforced', 'private', 'no error'],
  ['BucketOwnerEnforced', 'aws-exec-read', 'AccessControlListNotSupported'],
  ['BucketOwnerEnforced', 'public-read', 'AccessControlListNotSupported'],
  ['BucketOwnerPreferred', 'aws-exec-read', 'no error'],
  ['BucketOwnerPreferred', 'private', 'no error'],
  ['BucketOwnerPreferred', 'public-read', 'AccessDenied'],
  ['ObjectWriter', 'authenticated-read', 'AccessDenied'],
  ['ObjectWriter', 'everybody' as ObjectCannedACL, 'InvalidArgument'],
])('with %s an object with the ACL %s: %s', async (ownership, ACL, error) => {
  const { s3 } = await withBucket();
  await own(s3, ownership);
  const Key = 'manifest';
  expect(await errorOf(s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x', ACL })))).toBe(error);
  if (ownership === 'BucketOwnerEnforced') {
    const put = s3.send(new PutObjectAclCommand({ Bucket, Key, ACL: 'private' }));
    expect(await errorOf(put)).toBe(error === 'no error' ? 'AccessControlListNotSupported' : 'NoSuchKey');
  }
});

test('aws-exec-read allows only EC2’s own user to read', async () => {
  const { s3, ...world } = await withBucket({ ObjectOwnership: 'BucketOwnerPreferred' });
  await s3.send(new PutObjectCommand({ Bucket, Key: 'part', Body: 'x', ACL: 'aws-exec-read' }));
  const { Grants = [], Owner } = await s3.send(new GetObjectAclCommand({ Bucket, Key: 'part' }));
  expect(Grants.map(({ Grantee, Permission }) => [Grantee?.ID, Permission])).toEqual([
    [Owner?.ID, 'FULL_CONTROL'],
    ['6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c', 'READ'],
  ]);
  const other = s3Of(world, { account: otherAccount });
  expect(await errorOf(other.send(new GetObjectCommand({ Bucket, Key: 'part' })))).toBe('AccessDenied');
});

test('others can read a public object once nothing blocks it, and no longer once public ACLs are ignored', async () => {
  const { s3, ...world } = await withBucket({ ObjectOwnership: 'BucketOwnerPreferred' });
  const other = s3Of(world, { account: otherAccount });
  const read = () => errorOf(other.send(new GetObjectCommand({ Bucket, Key: 'open' })));
  await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
  await s3.send(new PutObjectCommand({ Bucket, Key: 'open', Body: 'x', ACL: 'public-read' }));
  expect(await read()).toBe('no error');
  expect(await errorOf(other.send(new GetObjectCommand({ Bucket, Key: 'none' })))).toBe('AccessDenied');
  expect(await errorOf(other.send(new ListObjectsV2Command({ Bucket })))).toBe('AccessDenied');
  await s3.send(new PutBucketAclCommand({ Bucket, ACL: 'public-read' }));
  expect(await errorOf(other.send(new ListObjectsV2Command({ Bucket })))).toBe('no error');
  expect(await errorOf(own(s3, 'BucketOwnerEnforced'))).toBe('InvalidBucketAclWithObjectOwnership');
  await s3.send(
    new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: { IgnorePublicAcls: true } }),
  );
  expect(await read()).toBe('AccessDenied');
  expect(await errorOf(other.send(new PutObjectCommand({ Bucket, Key: 'open', Body: 'y' })))).toBe(
    'AccessDenied',
  );
});

test('a bucket with an ACL cannot be created where it could not have one', async () => {
  const s3 = s3Of(createWorld());
  const create = (input: object) => errorOf(s3.send(new CreateBucketCommand({ Bucket, ...input })));
  expect(await create({ ACL: 'log-delivery-write' })).toBe('InvalidBucketAclWithObjectOwnership');
  expect(await create({ ACL: 'public-read', ObjectOwnership: 'ObjectWriter' })).toBe(
    'InvalidBucketAclWithBlockPublicAccessError',
  );
  expect(await create({ ACL: 'log-delivery-write', ObjectOwnership: 'ObjectWriter' })).toBe('no error');
  expect((await s3.send(new GetBucketAclCommand({ Bucket }))).Grants).toHaveLength(3);
});

test('deleted settings are not found', async () => {
  const { s3 } = await withBucket();
  await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
  await s3.send(new DeleteBucketOwnershipControlsCommand({ Bucket }));
  expect(await errorOf(s3.send(new GetPublicAccessBlockCommand({ Bucket })))).toBe(
    'NoSuchPublicAccessBlockConfiguration',
  );
  expect(await errorOf(s3.send(new GetBucketOwnershipControlsCommand({ Bucket })))).toBe(
    'OwnershipControlsNotFoundError',
  );
});

test('tags are put, read, replaced and deleted; invalid ones are refused', async () => {
  const { s3 } = await withBucket();
  const get = () => s3.send(new GetBucketTaggingCommand({ Bucket }));
  const put = (TagSet: { Key: string; Value: string }[]) =>
    s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
  expect(await errorOf(get())).toBe('NoSuchTagSet');
  await put([{ Key: 'gopackgo:release', Value: 'official@2.6.4' }]);
  expect((await get()).TagSet).toEqual([{ Key: 'gopackgo:release', Value: 'official@2.6.4' }]);
  expect(await errorOf(put([{ Key: 'aws:mine', Value: '' }]))).toBe('InvalidTag');
  expect(await errorOf(put([{ Key: 'team*', Value: '' }]))).toBe('InvalidTag');
  expect(await errorOf(put([{ Key: 'team', Value: 'a,b' }]))).toBe('InvalidTag');
  expect(await errorOf(put([{ Key: 'Équipe 1', Value: 'a_b.c:d/e=f+g-h@i' }]))).toBe('no error');
  expect(await errorOf(put([1, 2].map(() => ({ Key: 'twice', Value: '' }))))).toBe('InvalidTag');
  await s3.send(new DeleteBucketTaggingCommand({ Bucket }));
  expect(await errorOf(get())).toBe('NoSuchTagSet');
});

test('versioning has no status until it is set, and is never unset again', async () => {
  const { s3 } = await withBucket();
  const status = async () => (await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status;
  const put = (Status: 'Enabled' | 'Suspended' | undefined) =>
    s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
  expect(await status()).toBeUndefined();
  await put('Enabled');
  await put('Suspended');
  expect(await errorOf(put(undefined))).toBe('IllegalVersioningConfigurationException');
  expect(await status()).toBe('Suspended');
});
