import {
  CreateImageCommand,
  CreateTagsCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  DescribeSnapshotsCommand,
  ModifyImageAttributeCommand,
  ModifySnapshotAttributeCommand,
  RegisterImageCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketTaggingCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { manifestOf, putBundle, type World as Sandbox } from '../../sandbox/testing/index.ts';
import { ownBucketName } from '../../src/model/bundle-names.ts';
import { publication, settings } from '../plan/a-publication.ts';
import { baseImage, clientsOf, plan, region } from './embedded.ts';

export const friend = '210987654321';
export const web = publication({
  amiName: 'web {version} {image}',
  images: [settings({ name: 'plain' }), settings({ name: 'stored', rootDevice: 'instance-store' })],
});
export const release = 'web@1.0.0';
export const ownBucket = ownBucketName({ name: 'web', version: '1.0.0' }, region, plan.account);
export const foreignBucket = 'images-of-old';

/** Ids of AMIs, by their role in the test. */
export interface Made {
  /** Three volumes, shared with an account; `twin` and `stays` were each registered from one of its snapshots. */
  volumes: string;
  twin: string;
  stays: string;
  /** Its mapping names `data`, a snapshot of the user's own, beside its own one. */
  withData: string;
  data: string;
  /** The snapshot of `volumes` that `stays` needs. */
  needed: string;
  /** On instance-store in a bucket of this tool that keeps versions. */
  stored: string;
  /** Older than the tool, in somebody's bucket, which also contains the bundle of `live`. */
  old: string;
  live: string;
}

/** The AMIs to delete. */
export const going = ({ volumes, twin, withData, stored, old }: Made): string[] => [
  volumes,
  twin,
  withData,
  stored,
  old,
];

export const tagged = (sandbox: Sandbox, ids: string[], tags: Record<string, string>) =>
  sandbox.ec2().send(
    new CreateTagsCommand({
      Resources: ids,
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    }),
  );

const ours = (image: string) => ({ 'gopackgo:release': release, 'gopackgo:target': `${region}-${image}` });

export async function snapshotsOf(sandbox: Sandbox, ami: string): Promise<string[]> {
  const { Images } = await sandbox.ec2().send(new DescribeImagesCommand({ ImageIds: [ami] }));
  return (Images?.[0]?.BlockDeviceMappings ?? []).flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []);
}

/** An AMI made from an instance with so many further volumes, or with existing snapshots. */
export async function imageOf(
  sandbox: Sandbox,
  Name: string,
  { volumes = 0, data = [] }: { volumes?: number; data?: string[] } = {},
): Promise<string> {
  const ec2 = sandbox.ec2();
  const devices = ['/dev/sdf', '/dev/sdg', '/dev/sdh'].slice(0, volumes);
  const { Instances } = await ec2.send(
    new RunInstancesCommand({
      ImageId: baseImage(region),
      InstanceType: 't3.micro',
      MinCount: 1,
      MaxCount: 1,
      BlockDeviceMappings: devices.map((DeviceName) => ({
        DeviceName,
        Ebs: { VolumeSize: 1, DeleteOnTermination: true },
      })),
    }),
  );
  const InstanceId = Instances?.[0]?.InstanceId ?? '';
  const { ImageId = '' } = await ec2.send(
    new CreateImageCommand({
      InstanceId,
      Name,
      BlockDeviceMappings: data.map((SnapshotId, at) => ({
        DeviceName: `/dev/sd${'pqr'[at]}`,
        Ebs: { SnapshotId },
      })),
    }),
  );
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
  return ImageId;
}

async function registered(sandbox: Sandbox, Name: string, SnapshotId: string | undefined): Promise<string> {
  const { ImageId = '' } = await sandbox.ec2().send(
    new RegisterImageCommand({
      Name,
      Architecture: 'x86_64',
      VirtualizationType: 'hvm',
      RootDeviceName: '/dev/sda1',
      BlockDeviceMappings: [{ DeviceName: '/dev/sda1', Ebs: { SnapshotId } }],
    }),
  );
  return ImageId;
}

async function stored(sandbox: Sandbox, Name: string, ImageLocation: string): Promise<string> {
  const { ImageId = '' } = await sandbox
    .ec2()
    .send(new RegisterImageCommand({ Name, ImageLocation, VirtualizationType: 'paravirtual' }));
  return ImageId;
}

const bundle = (name: string, parts: string[], folder = '') => ({
  ...Object.fromEntries(parts.map((part) => [`${folder}${part}`, '-'])),
  [`${folder}${name}.manifest.xml`]: manifestOf({
    name,
    parts: parts.map((filename) => ({ filename, digest: '00'.repeat(20) })),
  }),
});

const madeBucket = (s3: S3Client, Bucket: string) =>
  s3.send(new CreateBucketCommand({ Bucket, ObjectOwnership: 'BucketOwnerPreferred' }));

const tagBucket = (s3: S3Client, Bucket: string, tags: Record<string, string>) =>
  s3.send(
    new PutBucketTaggingCommand({
      Bucket,
      Tagging: { TagSet: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
    }),
  );

/** A small account with everything that makes removing difficult. */
export async function smallWorld(sandbox: Sandbox): Promise<Made> {
  const volumes = await imageOf(sandbox, 'web 1.0.0 plain', { volumes: 2 });
  const [first, second] = await snapshotsOf(sandbox, volumes);
  const twin = await registered(sandbox, 'web 1.0.0 twin', first);
  const stays = await registered(sandbox, 'somebody needs it', second);
  const others = await imageOf(sandbox, 'gone soon');
  const [data = ''] = await snapshotsOf(sandbox, others);
  await sandbox.ec2().send(new DeregisterImageCommand({ ImageId: others }));
  const withData = await imageOf(sandbox, 'web 1.0.0 data', { data: [data] });
  for (const [id, image] of [
    [volumes, 'plain'],
    [twin, 'twin'],
    [withData, 'data'],
  ] as const) {
    await tagged(sandbox, [id, ...(await snapshotsOf(sandbox, id))], ours(image));
  }
  const Add = [{ UserId: friend }];
  await sandbox.ec2().send(new ModifyImageAttributeCommand({ ImageId: volumes, LaunchPermission: { Add } }));
  for (const SnapshotId of await snapshotsOf(sandbox, volumes)) {
    await sandbox.ec2().send(
      new ModifySnapshotAttributeCommand({
        SnapshotId,
        Attribute: 'createVolumePermission',
        CreateVolumePermission: { Add },
      }),
    );
  }
  const s3 = await clientsOf(sandbox).s3(region);
  return { volumes, twin, stays, needed: second ?? '', withData, data, ...(await inBuckets(sandbox, s3)) };
}

async function inBuckets(sandbox: Sandbox, s3: S3Client) {
  await madeBucket(s3, ownBucket);
  await tagBucket(s3, ownBucket, { 'gopackgo:release': release });
  await s3.send(
    new PutBucketVersioningCommand({ Bucket: ownBucket, VersioningConfiguration: { Status: 'Enabled' } }),
  );
  const objects = bundle('stored', ['stored.part.0', 'stored.part.1']);
  await putBundle(s3, ownBucket, { ...objects, 'stored.part.2': 'of an earlier upload' });
  await putBundle(s3, ownBucket, objects);
  await s3.send(new DeleteObjectCommand({ Bucket: ownBucket, Key: 'stored.part.2' }));
  await s3.send(new CreateMultipartUploadCommand({ Bucket: ownBucket, Key: 'stored.part.3' }));
  const own = await stored(sandbox, 'web 1.0.0 stored', `${ownBucket}/stored.manifest.xml`);
  await tagged(sandbox, [own], ours('stored'));

  await madeBucket(s3, foreignBucket);
  await tagBucket(s3, foreignBucket, { team: 'web' });
  await putBundle(s3, foreignBucket, bundle('image', ['image.part.0'], '0.9.0/'));
  const beside = '0.9.0/image.part.9';
  await s3.send(new PutObjectCommand({ Bucket: foreignBucket, Key: beside, Body: 'not in the manifest' }));
  await putBundle(s3, foreignBucket, bundle('live', ['live.part.0']));
  await s3.send(new PutObjectCommand({ Bucket: foreignBucket, Key: 'accounts.xlsx', Body: '-' }));
  return {
    stored: own,
    old: await stored(sandbox, 'web 0.9.0 stored', `${foreignBucket}/0.9.0/image.manifest.xml`),
    live: await stored(sandbox, 'not of this publication', `${foreignBucket}/live.manifest.xml`),
  };
}

/** Everything in the account, with tags of snapshots and buckets, looked up with the test's own clients. */
export async function everything(sandbox: Sandbox): Promise<string[]> {
  const ec2 = sandbox.ec2();
  const { Images = [] } = await ec2.send(
    new DescribeImagesCommand({ Owners: ['self'], IncludeDisabled: true }),
  );
  const { Snapshots = [] } = await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }));
  const s3 = await clientsOf(sandbox).s3(region);
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  const inThem = await Promise.all(
    Buckets.map(async ({ Name: Bucket = '' }) => {
      const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
      const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
      const { TagSet = [] } = await s3.send(new GetBucketTaggingCommand({ Bucket }));
      return [
        `bucket ${Bucket} ${JSON.stringify(TagSet)}`,
        ...[...Versions, ...DeleteMarkers, ...Uploads].map(({ Key }) => `${Bucket}/${Key}`),
      ];
    }),
  );
  const own = Snapshots.map(
    ({ SnapshotId, Tags = [] }) =>
      `${SnapshotId} ${Tags.map(({ Key, Value }) => `${Key}=${Value}`)
        .sort()
        .join(' ')}`,
  );
  return [...Images.map(({ ImageId }) => `${ImageId}`), ...own, ...inThem.flat()].sort();
}

/** The expected rest of the small world. */
export const expected = ({ needed, data, stays, live }: Made, before: readonly string[]): string[] =>
  before.filter(
    (line) =>
      [needed, data, stays, live].some((id) => line.startsWith(id)) ||
      (line.includes(foreignBucket) && !/0\.9\.0\/image\.(manifest|part\.0)/.test(line)),
  );
