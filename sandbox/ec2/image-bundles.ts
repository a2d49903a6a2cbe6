import type { Context } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import type { ObjectVersion } from '../model/bucket-records.ts';
import { isReadableByEc2 } from '../s3/acl.ts';
import { bucketsIn } from '../s3/bucket-access.ts';
import { readContent } from '../s3/content.ts';
import { currentObject } from '../s3/objects.ts';
import { type BundleManifest, readManifest } from '../wire/bundle-manifest.ts';

const architectures = ['i386', 'x86_64'];

/** Bytes. The manifest of the largest image, 10 GB in parts of 10 MB, has some hundred thousand. */
const largestManifest = 1024 * 1024;

/**
 * The manifest at `bucket/prefix.manifest.xml`, read as EC2 does: with EC2's own user, which the object's ACL has to allow, in
 * a bucket of the same region. Throws `InvalidManifest` with S3's answer and the requested URL (hashicorp/packer#5231), also
 * for a part that cannot be read, and for a manifest of another account.
 */
export const bundleAt = (context: Context, location: string): BundleManifest => {
  const [, bucket, key] = /^([^/]+)\/(.+)$/.exec(location) ?? [];
  if (bucket === undefined || key === undefined) throw invalid(`Invalid manifest location: ${location}`);
  const object = read(context, bucket, key);
  if (object.size > largestManifest) throw malformed();
  const manifest = parsed(readContent(context, object.content).toString('utf8'));
  if (manifest.user !== context.account) {
    throw invalid(`The manifest is of the account ${manifest.user}, not of ${context.account}`);
  }
  if (!architectures.includes(manifest.architecture)) throw malformed();
  const folder = key.slice(0, key.lastIndexOf('/') + 1);
  for (const { filename } of manifest.parts) read(context, bucket, `${folder}${filename}`);
  return manifest;
};

const read = (context: Context, bucketName: string, key: string): ObjectVersion => {
  const refused = (status: string) =>
    invalid(`HTTP ${status} response for URL http://s3.amazonaws.com:80/${bucketName}/${key}`);
  const bucket = bucketsIn(context.store).get(bucketName);
  if (!bucket) throw refused('404 (Not Found)');
  if (bucket.region !== context.region) throw refused('301 (Moved Permanently)');
  const object = currentObject(context, bucket, key);
  // A caller that may not list the bucket does not learn whether the object exists.
  if (!object || !isReadableByEc2(bucket, object.acl)) throw refused('403 (Forbidden)');
  return object;
};

const parsed = (text: string): BundleManifest => {
  try {
    return readManifest(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw malformed();
    throw error;
  }
};

const invalid = (message: string): AwsError => new AwsError('InvalidManifest', message);

const malformed = (): AwsError => invalid('Invalid AMI manifest');
