import {
  type BucketVersioningStatus,
  CreateBucketCommand,
  DeletePublicAccessBlockCommand,
  GetBucketLocationCommand,
  type ObjectOwnership,
  PutBucketOwnershipControlsCommand,
  PutBucketVersioningCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import {
  s3Of as clientOf,
  createWorld,
  otherAccount,
  type World as Sandbox,
} from '../../sandbox/testing/index.ts';
import { bucketSettings, bucketTags, tagBucket } from '../../src/aws/s3/buckets.ts';
import { ensureBuckets } from '../../src/instance-store/release-bucket.ts';
import { ownBucketName } from '../../src/model/bundle-names.ts';
import { clientsOf, worldOn } from '../support/embedded.ts';
import { bucket, contentOf, madeBucket, plan, putObjects, s3Of, target } from '../support/stored.ts';

const inRegion = (region: string, name: string) => ({
  ...target,
  name: `${region}-1404-pv`,
  region,
  bundle: { bucket: name, prefix: '1404-pv', credentials: 'instance-profile' as const },
});
const address = { name: bucket, region: 'us-east-1' };

const refused = async (sandbox: Sandbox, of = [target]): Promise<string> => {
  const before = sandbox.aws.calls().length;
  const error = await ensureBuckets(plan, of, worldOn(sandbox)).catch((thrown) => thrown);
  expect(error).toMatchObject({ status: 4 });
  const changes = sandbox.aws.calls().slice(before);
  expect(changes.filter(({ operation, status }) => /^(Put|Delete)/.test(operation) && status < 300)).toEqual(
    [],
  );
  return error.message;
};

it('makes a bucket in each region that accepts ACLs, with nothing public, no versions, and the tag of the release', async () => {
  const sandbox = createWorld();
  const ownName = ownBucketName({ name: 'web', version: '1.0.0' }, 'eu-west-1', plan.account);
  const targets = [target, { ...target, name: 'us-east-1-1404-hvm' }, inRegion('eu-west-1', ownName)];
  await ensureBuckets(plan, targets, worldOn(sandbox));
  const clients = clientsOf(sandbox);
  for (const one of [address, { name: ownName, region: 'eu-west-1' }]) {
    expect(await bucketTags(clients, one)).toEqual({ ok: true, value: { 'gopackgo:release': plan.release } });
    expect(await bucketSettings(clients, one)).toEqual({
      ok: true,
      value: { ownership: 'BucketOwnerPreferred', versioning: 'never', blocksPublicAccess: true },
    });
  }
  const location = await (await clients.s3('eu-west-1')).send(
    new GetBucketLocationCommand({ Bucket: ownName }),
  );
  expect(location.LocationConstraint).toBe('eu-west-1');
  expect(sandbox.aws.calls().filter(({ operation }) => operation === 'CreateBucket')).toHaveLength(2);
});

it('makes nothing again in a second run', async () => {
  const sandbox = createWorld();
  await madeBucket(sandbox);
  await putObjects(sandbox, 'kept');
  const before = sandbox.aws.calls().length;
  await madeBucket(sandbox);
  const changes = sandbox.aws.calls().slice(before);
  expect(changes.filter(({ operation }) => !operation.startsWith('Get'))).toEqual([]);
  expect(await contentOf(sandbox)).toEqual(['kept']);
});

it.each([
  ['the generated name', bucket],
  ['a name of the config that has the version in it', 'my-images-1-0-0-us-east-1'],
])('resumes after a kill at any of its calls: %s', async (_, name) => {
  const own = inRegion('us-east-1', name);
  const whole = createWorld();
  await ensureBuckets(plan, [own], worldOn(whole));
  const calls = whole.aws.calls().length;
  expect(calls).toBeGreaterThan(5);
  for (let killedAt = 1; killedAt < calls; killedAt++) {
    const sandbox = createWorld();
    const clients = clientsOf(sandbox);
    let made = 0;
    const killed = new Promise<void>((resolve) => {
      const s3 = async (region: string) => {
        const client = await clients.s3(region);
        const send: S3Client['send'] = async (command: never) => {
          if (made++ === killedAt) {
            resolve();
            await new Promise(() => undefined);
          }
          return client.send(command);
        };
        return Object.assign(Object.create(client) as S3Client, { send });
      };
      void ensureBuckets(plan, [own], worldOn(sandbox, { clients: { ...clients, s3 } }));
    });
    await killed;
    await ensureBuckets(plan, [own], worldOn(sandbox));
    expect(await bucketTags(clients, { name, region: 'us-east-1' })).toEqual({
      ok: true,
      value: { 'gopackgo:release': plan.release },
    });
  }
});

it('does not use a bucket of its name that has content and no tag', async () => {
  const sandbox = createWorld();
  const s3 = await s3Of(sandbox);
  await s3.send(new CreateBucketCommand({ Bucket: bucket, ObjectOwnership: 'BucketOwnerPreferred' }));
  await putObjects(sandbox, 'somebodys');
  const said = await refused(sandbox);
  expect(said).toContain(`bucket ${bucket}: expected the tag gopackgo:release=web@1.0.0, found none`);
  expect(said).toContain(
    `aws s3api put-bucket-tagging --region us-east-1 --bucket ${bucket} --tagging 'TagSet=[{Key=gopackgo:release,Value=web@1.0.0}]'`,
  );
});

it('does not use an empty bucket with a name from the config without the version', async () => {
  const sandbox = createWorld();
  await (await s3Of(sandbox)).send(new CreateBucketCommand({ Bucket: 'my-images' }));
  expect(await refused(sandbox, [inRegion('us-east-1', 'my-images')])).toContain(
    'bucket my-images: expected the tag',
  );
});

it("refuses another release's bucket, one of another account, and one in another region, all at once", async () => {
  const sandbox = createWorld();
  await clientOf(sandbox, { account: otherAccount }).send(new CreateBucketCommand({ Bucket: 'not-mine' }));
  await (await s3Of(sandbox)).send(new CreateBucketCommand({ Bucket: 'elsewhere' }));
  await madeBucket(sandbox);
  const tagged = await tagBucket(clientsOf(sandbox), address, { 'gopackgo:release': 'web@0.9.0' });
  expect(tagged.ok).toBe(true);
  const said = await refused(sandbox, [
    target,
    inRegion('us-east-1', 'not-mine'),
    inRegion('eu-west-1', 'elsewhere'),
  ]);
  expect(said).toContain(`bucket ${bucket}: expected the tag gopackgo:release=web@1.0.0, found web@0.9.0`);
  expect(said).toContain('bucket not-mine: expected one of this account');
  expect(said).toContain('bucket elsewhere: expected it in eu-west-1, found it in another region');
});

const ownership = (ObjectOwnership: ObjectOwnership) =>
  new PutBucketOwnershipControlsCommand({
    Bucket: bucket,
    OwnershipControls: { Rules: [{ ObjectOwnership }] },
  });
const versioning = (Status: BucketVersioningStatus) =>
  new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status } });

it.each([
  [
    'takes no ACLs',
    ownership('BucketOwnerEnforced'),
    `aws s3api put-bucket-ownership-controls --region us-east-1 --bucket ${bucket} --ownership-controls`,
  ],
  ['keeps versions', versioning('Enabled'), 'found it enabled'],
  ['kept versions', versioning('Suspended'), 'found it suspended'],
  [
    'may be made public',
    new DeletePublicAccessBlockCommand({ Bucket: bucket }),
    `aws s3api put-public-access-block --region us-east-1 --bucket ${bucket} --public-access-block-configuration`,
  ],
])('refuses a bucket that %s, with the command that fixes it', async (_, command, said) => {
  const sandbox = createWorld();
  await madeBucket(sandbox);
  await (await s3Of(sandbox)).send(command as never);
  expect(await refused(sandbox)).toContain(said);
});

const busy = (operation: string, times: number) => ({
  on: `s3:${operation}`,
  times,
  does: { error: 'OperationAborted' },
});

it('tries again if S3 is still working on a bucket, for example after it was deleted or while another machine makes it', async () => {
  const sandbox = createWorld();
  sandbox.faults.add([busy('CreateBucket', 3), busy('PutPublicAccessBlock', 2), busy('PutBucketTagging', 1)]);
  await madeBucket(sandbox);
  expect(await bucketTags(clientsOf(sandbox), address)).toEqual({
    ok: true,
    value: { 'gopackgo:release': plan.release },
  });
});

it('advises to run again if S3 keeps working on it', async () => {
  const sandbox = createWorld();
  sandbox.faults.add([busy('CreateBucket', 0)]);
  expect(await refused(sandbox)).toContain(
    `bucket ${bucket}: S3 is still deleting a bucket of that name (s3:CreateBucket in us-east-1: OperationAborted), which can ` +
      'take an hour: run the same command again.',
  );
});

it('blocks public access to a bucket that S3 made without it, and tags it only then', async () => {
  const sandbox = createWorld();
  const name = ownBucketName({ name: 'web', version: '1.0.0' }, 'us-east-1', plan.account);
  const s3 = await clientsOf(sandbox).s3('us-east-1');
  await s3.send(new CreateBucketCommand({ Bucket: name, ObjectOwnership: 'BucketOwnerPreferred' }));
  await s3.send(new DeletePublicAccessBlockCommand({ Bucket: name }));
  const from = sandbox.aws.calls().length;
  await ensureBuckets(plan, [inRegion('us-east-1', name)], worldOn(sandbox));
  const changes = sandbox.aws.calls().slice(from);
  expect(changes.flatMap(({ operation }) => (operation.startsWith('Put') ? operation : []))).toEqual([
    'PutPublicAccessBlock',
    'PutBucketTagging',
  ]);
  const settings = await bucketSettings(clientsOf(sandbox), { name, region: 'us-east-1' });
  expect(settings).toMatchObject({ ok: true, value: { blocksPublicAccess: true } });
});
