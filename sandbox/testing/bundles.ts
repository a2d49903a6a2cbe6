import { createHash } from 'node:crypto';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { defaultAccount } from '../model/accounts.ts';
import { type BundleManifest, writeManifest } from '../wire/bundle-manifest.ts';

/** A manifest as the AMI tools write it, with parts of one byte each. */
export const manifestOf = (given: Partial<BundleManifest> = {}): string =>
  writeManifest(
    {
      name: 'image',
      user: defaultAccount.id,
      architecture: 'x86_64',
      rootDevice: '/dev/sda1',
      ancestors: [],
      parts: ['image.part.00', 'image.part.01'].map((filename) => ({
        filename,
        digest: createHash('sha1').update('-').digest('hex'),
      })),
      ...given,
    },
    { size: 2, bundledSize: 2, digest: '00', seal: () => 'ab' },
  );

/** Puts objects of one bundle, as `ec2-upload-bundle` does. */
export const putBundle = async (
  s3: S3Client,
  Bucket: string,
  objects: Record<string, string>,
  ACL: 'aws-exec-read' | 'private' = 'aws-exec-read',
): Promise<void> => {
  for (const [Key, Body] of Object.entries(objects)) {
    await s3.send(new PutObjectCommand({ Bucket, Key, Body, ACL }));
  }
};
