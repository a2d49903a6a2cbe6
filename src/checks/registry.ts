import { amiNameTaken } from './ami-name-taken.ts';
import { baseImageDeprecated } from './base-image-deprecated.ts';
import { baseImageEncrypted } from './base-image-encrypted.ts';
import { baseImageWatermark } from './base-image-watermark.ts';
import type { Check } from './check.ts';
import { clockSkew } from './clock-skew.ts';
import { credentialsEnd } from './credentials-end.ts';
import { encryptedSnapshots } from './encrypted-snapshots.ts';
import { ebsEncryptionByDefault } from './encryption-by-default.ts';
import { imageBlocking } from './image-block-public-access.ts';
import { instanceProfiles } from './instance-profile.ts';
import { instanceType } from './instance-type.ts';
import { kmsKeys } from './kms-key.ts';
import { metadataTokens } from './metadata-tokens.ts';
import { network } from './network.ts';
import { openSsh } from './open-ssh.ts';
import { laterPermissions, permissions } from './permissions.ts';
import { publicAmis } from './public-amis-quota.ts';
import { rootDevices } from './root-device.ts';
import { shareEntities } from './share-entities-quota.ts';
import { snapshotBlocking } from './snapshot-block-public-access.ts';
import { timedCopies } from './timed-copies.ts';
import { vcpuQuota } from './vcpu-quota.ts';
import { volumeSizes } from './volume-size.ts';

/** Every check, in the order of their findings. `plan`, `publish` and `doctor` run the same ones. */
export const checks: readonly Check[] = [
  imageBlocking,
  snapshotBlocking,
  publicAmis,
  ebsEncryptionByDefault,
  metadataTokens,
  encryptedSnapshots,
  baseImageEncrypted,
  baseImageWatermark,
  baseImageDeprecated,
  rootDevices,
  volumeSizes,
  amiNameTaken,
  instanceType,
  vcpuQuota,
  network,
  openSsh,
  instanceProfiles,
  kmsKeys,
  timedCopies,
  shareEntities,
  permissions,
  laterPermissions,
  clockSkew,
  credentialsEnd,
];
