import {
  encryptionByDefault,
  imageBlockPublicAccess,
  metadataDefaults,
  snapshotBlockPublicAccess,
} from '../aws/account-defaults.ts';
import type { Clients } from '../aws/connection.ts';
import { countPublicImages, countRecycledImages, publicImagesAllowed } from '../aws/public-images.ts';
import { quotaOf } from '../aws/quotas.ts';
import type { Lookup } from '../model/lookup.ts';
import type { Sharing } from '../model/publication.ts';
import { judgeEncryptedSnapshots } from './encrypted-snapshots.ts';
import { judgeEncryptionByDefault } from './encryption-by-default.ts';
import type { Finding } from './finding.ts';
import { judgeImageBlockPublicAccess } from './image-block-public-access.ts';
import { judgeMetadataTokens } from './metadata-tokens.ts';
import { judgePublicAmisQuota } from './public-amis-quota.ts';
import type { RegionWork } from './region-work.ts';
import { judgeSnapshotBlockPublicAccess } from './snapshot-block-public-access.ts';
import { judgeTimedCopies, timedCopiesQuota } from './timed-copies.ts';

/**
 * Checks some regions in parallel, asking only what the work there depends on. Changes nothing and never throws.
 */
export async function runChecks(
  works: readonly RegionWork[],
  sharing: Sharing,
  clients: Clients,
): Promise<Finding[]> {
  return (await Promise.all(works.map((work) => checkRegion(work, sharing, clients)))).flat();
}

async function checkRegion(work: RegionWork, sharing: Sharing, clients: Clients): Promise<Finding[]> {
  const { region, toMakePublic, toBuildOnEbs, withoutTokens, withPublicSnapshots } = work;
  const opens = toMakePublic > 0;
  const [images, snapshots, encryption, metadata, allowed, used, recycled, throughput] = await Promise.all([
    when(opens, () => imageBlockPublicAccess(clients, region)),
    when(withPublicSnapshots > 0, () => snapshotBlockPublicAccess(clients, region)),
    when(toBuildOnEbs > 0, () => encryptionByDefault(clients, region)),
    when(withoutTokens > 0, () => metadataDefaults(clients, region)),
    when(opens, () => publicImagesAllowed(clients, region)),
    when(opens, () => countPublicImages(clients, region)),
    when(opens, () => countRecycledImages(clients, region)),
    when(work.timedCopies !== undefined, () => quotaOf(clients, region, timedCopiesQuota)),
  ]);
  return [
    ...(images ? [judgeImageBlockPublicAccess(work, images)] : []),
    ...(snapshots ? [judgeSnapshotBlockPublicAccess(work, snapshots)] : []),
    ...(allowed && used && recycled ? [judgePublicAmisQuota(work, { allowed, public: used, recycled })] : []),
    ...(encryption ? [judgeEncryptionByDefault(work, sharing, encryption)] : []),
    ...(metadata ? [judgeMetadataTokens(work, metadata)] : []),
    ...(opens ? [judgeEncryptedSnapshots(work)] : []),
    ...(throughput ? [judgeTimedCopies(work, throughput)] : []),
  ];
}

const when = async <T>(matters: boolean, ask: () => Promise<Lookup<T>>): Promise<Lookup<T> | undefined> =>
  matters ? ask() : undefined;
