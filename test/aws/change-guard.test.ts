import { CreateTagsCommand, DescribeImagesCommand } from '@aws-sdk/client-ec2';
import { CreateBucketCommand, ListBucketsCommand } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { expect, it } from 'vitest';
import { createRequestHandler, createWorld, defaultAccount } from '../../sandbox/testing/index.ts';
import { createChangeGuard } from '../../src/aws/change-guard.ts';
import { createClients } from '../../src/aws/connection.ts';
import { LockLost } from '../../src/lib/file-lock.ts';

const region = 'us-east-1';

function guarded() {
  const world = createWorld();
  const guard = createChangeGuard();
  const requestHandler = createRequestHandler(world.aws);
  const clients = createClients({ credentials: defaultAccount, client: () => ({ requestHandler }), guard });
  const tag = () =>
    clients
      .ec2(region)
      .send(new CreateTagsCommand({ Resources: ['ami-0'], Tags: [{ Key: 'a', Value: 'b' }] }));
  return {
    world,
    guard,
    clients,
    tag,
    operations: () => world.aws.calls().map(({ operation }) => operation),
  };
}

const lost = async () => {
  throw new LockLost('lock');
};

it('a call that changes nothing is not guarded, and one that changes something is not sent', async () => {
  const { guard, clients, tag, operations } = guarded();
  guard.set(lost);
  await clients.ec2(region).send(new DescribeImagesCommand({ Owners: ['self'] }));
  await clients.sts(region).send(new GetCallerIdentityCommand({}));
  const s3 = await clients.s3(region);
  await s3.send(new ListBucketsCommand({}));
  await expect(tag()).rejects.toThrow(LockLost);
  await expect(s3.send(new CreateBucketCommand({ Bucket: 'a-bucket-of-ours' }))).rejects.toThrow(LockLost);
  expect(operations()).toEqual(['DescribeImages', 'GetCallerIdentity', 'ListBuckets']);
});

it('each retry is guarded, too', async () => {
  const { world, guard, tag, operations } = guarded();
  world.faults.add([{ on: 'ec2:CreateTags', does: { error: 'InternalError' } }]);
  let asked = 0;
  guard.set(async () => {
    asked++;
    if (asked > 1) await lost();
  });
  await expect(tag()).rejects.toThrow(LockLost);
  expect([asked, operations()]).toEqual([2, ['CreateTags']]);
});

it('without a check every call is allowed', async () => {
  const { tag } = guarded();
  await expect(tag()).rejects.toMatchObject({ name: expect.stringMatching(/^InvalidAMIID/) });
});
