import {
  encryptionByDefault,
  imageBlockPublicAccess,
  metadataDefaults,
  snapshotBlockPublicAccess,
} from '../aws/account-defaults.ts';
import { allowedImagesSettings } from '../aws/allowed-images.ts';
import type { Clients } from '../aws/connection.ts';
import { countRecycledImages } from '../aws/public-images.ts';
import { type Part, partOf, type Settings, together } from './part.ts';

/** The account's settings for a whole region. */
export async function defaultsOf(clients: Clients, region: string): Promise<Part> {
  const [images, snapshots, encryption, metadata, allowed, recycled] = await Promise.all([
    imageBlockPublicAccess(clients, region),
    snapshotBlockPublicAccess(clients, region),
    encryptionByDefault(clients, region),
    metadataDefaults(clients, region),
    allowedImagesSettings(clients, region),
    countRecycledImages(clients, region),
  ]);
  return together([
    partOf(images, ({ state, managedBy }) => ({
      imageBlockPublicAccess: state,
      ...byPolicy('image_block_public_access', managedBy),
    })),
    partOf(snapshots, ({ state, managedBy }) => ({
      snapshotBlockPublicAccess: state,
      ...byPolicy('snapshot_block_public_access', managedBy),
    })),
    partOf(encryption, (key) => ({
      encryptionByDefault: key !== 'none',
      ...(key === 'none' ? {} : { defaultKmsKey: key }),
    })),
    partOf(metadata, ({ tokens, enforced, managedBy }) => ({
      metadataTokens: tokens,
      metadataTokensEnforced: enforced,
      ...byPolicy('instance_metadata_defaults', managedBy),
    })),
    partOf(allowed, ({ state, criteria }) => ({
      allowedImages: { state, criteria },
    })),
    partOf(recycled, (imagesInRecycleBin) => (imagesInRecycleBin > 0 ? { imagesInRecycleBin } : {})),
  ]);
}

const byPolicy = (policy: string, managedBy: string): Settings =>
  managedBy === 'declarative-policy' ? { declarativePolicies: [policy] } : {};
