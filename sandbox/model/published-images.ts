import type { Ubuntu } from './contract.ts';
import { derivedId } from './identifiers.ts';
import { type PublicImage, publicImages, publishers } from './public-images.ts';
import type { ImageRecord, SnapshotRecord } from './records.ts';

/** A public image in one region. */
export interface Published {
  image: ImageRecord;
  /** Absent if the root is on instance-store. */
  snapshot?: SnapshotRecord;
  /** Names of the SSM parameters that hold the image's id. */
  parameters: readonly string[];
  /** For Canonical's images. */
  ubuntu?: Ubuntu;
}

/** Canonical's account, which publishes Ubuntu. */
export const canonicalAccount = publishers.canonical.owner;

const published = new Map<string, readonly Published[]>();

/**
 * Images published in a region, including those that are private now. They follow from the region's name alone and are never
 * part of the state.
 */
export const publishedIn = (region: string): readonly Published[] => {
  const known = published.get(region);
  if (known) return known;
  const made = publicImages.map((image) => publish(region, image));
  published.set(region, made);
  return made;
};

/** Canonical's images in a region. */
export const canonicalIn = (region: string): (Published & { ubuntu: Ubuntu })[] =>
  publishedIn(region).flatMap((one) => (one.ubuntu ? [{ ...one, ubuntu: one.ubuntu }] : []));

const publish = (region: string, made: PublicImage): Published => {
  const { publisher, name, volume, ubuntu } = made;
  const permissions = { everyone: made.isPrivate !== true, accounts: [] };
  const snapshot: SnapshotRecord | undefined = volume && {
    id: derivedId('snap', region, name),
    owner: publisher.owner,
    volume: 'vol-ffffffff',
    size: volume.size,
    description: '',
    startedAt: made.createdAt,
    encrypted: false,
    permissions,
  };
  const image: ImageRecord = {
    id: derivedId('ami', region, name),
    owner: publisher.owner,
    ...(publisher.alias && { ownerAlias: publisher.alias }),
    name,
    description: made.description,
    // Each region has a bucket for bundles: `ubuntu-us-east-1/images/….manifest.xml`.
    location: made.manifest
      ? `ubuntu-${region}/${made.manifest}`
      : `${publisher.alias ?? publisher.owner}/${name}`,
    createdAt: made.createdAt,
    state: 'available',
    architecture: made.architecture,
    virtualization: made.virtualization,
    rootDeviceName: made.rootDeviceName,
    ...(volume ? {} : { rootDeviceType: 'instance-store' as const }),
    enaSupport: made.enaSupport,
    ...(made.sriovNetSupport ? { sriovNetSupport: 'simple' } : {}),
    ...(made.imdsSupport && { imdsSupport: made.imdsSupport }),
    ...(made.bootMode && { bootMode: made.bootMode }),
    ...(made.platform && { platform: made.platform }),
    ...(made.platformDetails && { platformDetails: made.platformDetails }),
    ...(made.usageOperation && { usageOperation: made.usageOperation }),
    devices: [
      ...(volume && snapshot
        ? [
            {
              device: made.rootDeviceName,
              ebs: {
                snapshot: snapshot.id,
                size: volume.size,
                type: volume.type,
                encrypted: false,
                deleteOnTermination: true,
                ...(volume.type === 'gp3' ? { iops: 3000, throughput: 125 } : {}),
              },
            },
          ]
        : []),
      ...made.ephemeral.map((device, index) => ({ device, virtualName: `ephemeral${index}` })),
    ],
    permissions,
    deprecatedAt: made.deprecatedAt,
  };
  return {
    image,
    ...(snapshot && { snapshot }),
    parameters: made.parameters,
    ...(ubuntu && { ubuntu }),
  };
};
