import { fill } from '../lib/placeholders.ts';
import { inBucketName, ownBucketName } from '../model/bundle-names.ts';
import type { Image } from '../model/image.ts';
import type { Publication } from '../model/publication.ts';
import type { Bundle } from '../model/release-plan.ts';
import { targetValues } from './target-values.ts';

/**
 * Where an image's bundle is stored in a region; undefined for an EBS-backed image. There is one bucket per version and
 * region, so that no release overwrites another's bundles; the prefix is the image's name. Image names have no dot, so only
 * this bundle's keys start with `<prefix>.`.
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
 * An hvm image boots with its own boot loader, which needs a partition table. Ubuntu 12.04's hvm instance-store images have
 * none and boot without one: ComboAMI, which published both for years, gave `--partition mbr` only to 14.04.
 */
function hasPartitionTable({ virtualization, variables, base }: Image): boolean {
  const ubuntu = 'ubuntu' in base ? base.ubuntu : variables.ubuntu;
  return virtualization === 'hvm' && ubuntu !== '1204';
}

/** The config's bucket name with its placeholders filled in; dots and `+` of the version become `-`. */
function chosenBucketName(publication: Publication, image: Image, region: string, bucket: string): string {
  const version = inBucketName(publication.version);
  return fill(bucket, { ...targetValues(publication, image, region), version });
}
