import { createHash } from 'node:crypto';
import type { Publication } from './publication.ts';
import type { Bundle } from './release-plan.ts';

/** The maximum length of a bucket name (S3 user guide, "General purpose bucket naming rules"). */
const nameLimit = 63;

/** The expected `ImageLocation` of an AMI, as Packer registers it and EC2 returns it. */
export const locationOf = ({ bucket, prefix }: Pick<Bundle, 'bucket' | 'prefix'>): string =>
  `${bucket}/${prefix}.manifest.xml`;

/** A text in the characters of bucket names: lower case, `-` for dots and everything else. */
export const inBucketName = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]+/g, '-');

/**
 * `gopackgo-123456789012-official-2-6-4-us-east-1`: the same on every machine. It contains the account id, since bucket names
 * are unique across AWS. A dot would break TLS to the bucket.
 */
export function ownBucketName(
  { name, version }: Pick<Publication, 'name' | 'version'>,
  region: string,
  account: string,
): string {
  const [first, last] = [`gopackgo-${account}-`, `-${region}`];
  const middle = inBucketName(`${name}-${version}`);
  const room = nameLimit - first.length - last.length;
  if (middle.length <= room) return `${first}${middle}${last}`;
  const hash = createHash('sha256').update(`${name}@${version}`).digest('hex').slice(0, 8);
  return `${first}${middle.slice(0, room - hash.length - 1)}-${hash}${last}`;
}
