import type { Check } from './check.ts';
import { encryptedSnapshots } from './encrypted-snapshots.ts';
import { ebsEncryptionByDefault } from './encryption-by-default.ts';
import { imageBlocking } from './image-block-public-access.ts';
import { metadataTokens } from './metadata-tokens.ts';
import { publicAmis } from './public-amis-quota.ts';
import { snapshotBlocking } from './snapshot-block-public-access.ts';

/** Every check, in the order in which findings are listed: `plan`, `publish` and `doctor` make the same ones. */
export const checks: readonly Check[] = [
  imageBlocking,
  snapshotBlocking,
  publicAmis,
  ebsEncryptionByDefault,
  metadataTokens,
  encryptedSnapshots,
];
