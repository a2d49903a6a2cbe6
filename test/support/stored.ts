import {
  CreateKeyPairCommand,
  DeleteKeyPairCommand,
  RegisterImageCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { manifestOf, putBundle, type World as Sandbox } from '../../sandbox/testing/index.ts';
import { ensureBuckets } from '../../src/instance-store/release-bucket.ts';
import { ownBucketName } from '../../src/model/bundle-names.ts';
import type { ReleasePlan, Target } from '../../src/model/release-plan.ts';
import { keyPairName, ownTags, tagKeys } from '../../src/model/resource-names.ts';
import {
  baseImage,
  clientsOf,
  plan as ebsPlan,
  target as ebsTarget,
  host,
  region,
  worldOn,
} from './embedded.ts';

export const bucket = ownBucketName(
  { name: ebsPlan.publication, version: ebsPlan.version },
  region,
  ebsPlan.account,
);
export const prefix = '1404-pv';

export const target: Target = {
  ...ebsTarget,
  name: 'us-east-1-1404-pv',
  image: prefix,
  amiName: 'web 1.0.0 1404-pv',
  expect: {
    architecture: 'x86_64',
    virtualization: 'paravirtual',
    rootDevice: 'instance-store',
    location: `${bucket}/${prefix}.manifest.xml`,
  },
  bundle: { bucket, prefix, credentials: 'instance-profile' },
  packer: { builder: 'amazon-instance', options: {}, provisioners: [] },
};

export const plan: ReleasePlan = { ...ebsPlan, targets: [target] };

export const s3Of = (sandbox: Sandbox): Promise<S3Client> => clientsOf(sandbox).s3(region);

/** Makes and tags the bucket as a run does. */
export const madeBucket = (sandbox: Sandbox): Promise<void> =>
  ensureBuckets(plan, [target], worldOn(sandbox));

/** Uploads a bundle as a successful `ec2-upload-bundle` does. */
export async function uploadBundle(sandbox: Sandbox, of = prefix): Promise<void> {
  const part = `${of}.part.0`;
  const manifest = manifestOf({ name: of, parts: [{ filename: part, digest: '00'.repeat(20) }] });
  await putBundle(await s3Of(sandbox), bucket, { [part]: '-', [`${of}.manifest.xml`]: manifest });
}

export async function register(
  sandbox: Sandbox,
  Name = target.amiName,
  ImageLocation = target.expect.location,
): Promise<string> {
  const image = { Name, ImageLocation, VirtualizationType: 'paravirtual' };
  const { ImageId = '' } = await sandbox.ec2().send(new RegisterImageCommand(image));
  return ImageId;
}

/** A builder of the target whose Packer is gone, and its key pair with it. */
export async function deadBuilder(sandbox: Sandbox, tags: Record<string, string> = {}): Promise<string> {
  const all = { ...ownTags(plan, target), [tagKeys.host]: host, [tagKeys.attempt]: 'abc.4711', ...tags };
  const ec2 = sandbox.ec2();
  const KeyName = keyPairName(plan.release, target.name);
  await ec2.send(new CreateKeyPairCommand({ KeyName }));
  const { Instances } = await ec2.send(
    new RunInstancesCommand({
      ImageId: baseImage(region),
      KeyName,
      MinCount: 1,
      MaxCount: 1,
      InstanceType: 'm5.large',
      TagSpecifications: [
        { ResourceType: 'instance', Tags: Object.entries(all).map(([Key, Value]) => ({ Key, Value })) },
      ],
    }),
  );
  await ec2.send(new DeleteKeyPairCommand({ KeyName }));
  return Instances?.[0]?.InstanceId ?? '';
}

export async function putObjects(sandbox: Sandbox, ...keys: string[]): Promise<void> {
  const s3 = await s3Of(sandbox);
  for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: '-' }));
}

export async function beginUpload(sandbox: Sandbox, Key: string): Promise<void> {
  await (await s3Of(sandbox)).send(new CreateMultipartUploadCommand({ Bucket: bucket, Key }));
}

/** Keys of objects, and those of unfinished uploads followed by `…`. */
export async function contentOf(sandbox: Sandbox): Promise<string[]> {
  const s3 = await s3Of(sandbox);
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
  const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
  return [...Contents.map(({ Key }) => `${Key}`), ...Uploads.map(({ Key }) => `${Key}…`)].sort();
}
