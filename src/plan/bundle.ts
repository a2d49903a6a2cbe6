import { createHash } from 'node:crypto';
import type { Publication } from '../config/publication.ts';
import { fill } from '../lib/placeholders.ts';
import type { Image } from './image.ts';
import type { Bundle } from './plan.ts';
import { targetValues } from './target-values.ts';

/** The longest name of a bucket (S3 user guide, "General purpose bucket naming rules"). */
const nameLimit = 63;

/**
 * Where an image's bundle lies in a region; undefined for an image on EBS. The bucket is one per version and region, so
 * that no release writes over another one's bundles; the prefix is the image's name. Image names hold no dot, so that
 * `<prefix>.` begins the objects of this bundle and of no other.
 */
export function bundleOf(
  publication: Publication,
  image: Image,
  region: string,
  account: string,
): Bundle | undefined {
  if (image.rootDevice !== 'instance-store') return undefined;
  const { bucket, credentials } = image.bundle;
  return {
    bucket:
      bucket === undefined
        ? ownBucketName(publication, region, account)
        : chosenBucketName(publication, image, region, bucket),
    prefix: image.name,
    credentials,
    ...(hasPartitionTable(image) ? { partition: 'mbr' } : {}),
  };
}

/**
 * An hvm image boots by its own loader, and that needs a partition table. Ubuntu 12.04's hvm instance-store images have
 * none and boot without: ComboAMI, which published both for years, gave `--partition mbr` to 14.04 alone.
 */
function hasPartitionTable({ virtualization, variables, base }: Image): boolean {
  const ubuntu = 'ubuntu' in base ? base.ubuntu : variables.ubuntu;
  return virtualization === 'hvm' && ubuntu !== '1204';
}

/** What an AMI's `ImageLocation` has to be: as Packer registers it, and as EC2 answers it. */
export const locationOf = ({ bucket, prefix }: Pick<Bundle, 'bucket' | 'prefix'>): string =>
  `${bucket}/${prefix}.manifest.xml`;

/**
 * `gopackgo-123456789012-official-2-6-4-us-east-1`: the same on every machine, and no one else's, since bucket names
 * are shared by all of AWS. A dot would break TLS to the bucket.
 */
export function ownBucketName(
  { name, version }: Pick<Publication, 'name' | 'version'>,
  region: string,
  account: string,
): string {
  const [first, last] = [`gopackgo-${account}-`, `-${region}`];
  const middle = `${name}-${version}`.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const room = nameLimit - first.length - last.length;
  if (middle.length <= room) return `${first}${middle}${last}`;
  const hash = createHash('sha256').update(`${name}@${version}`).digest('hex').slice(0, 8);
  return `${first}${middle.slice(0, room - hash.length - 1)}-${hash}${last}`;
}

/** The config's own name with its placeholders filled in; what the version brings along of dots and `+` becomes `-`. */
function chosenBucketName(publication: Publication, image: Image, region: string, bucket: string): string {
  const version = publication.version.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return fill(bucket, { ...targetValues(publication, image, region), version });
}
