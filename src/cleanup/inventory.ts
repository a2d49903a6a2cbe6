import pLimit, { type LimitFunction } from 'p-limit';
import { saysNotFound } from '../aws/ask.ts';
import type { World } from '../aws/context.ts';
import { findImages, launchPermission } from '../aws/images.ts';
import { createVolumePermission } from '../aws/snapshots.ts';
import { definedOnly } from '../lib/defined-only.ts';
import type { Ami } from '../model/ami.ts';
import { allSeen, type Look, seen } from '../model/lookup.ts';
import { nobody, type Permission } from '../model/permission.ts';
import type { Publication } from '../model/publication.ts';
import { type Belongs, belongsTo } from './ami-origin.ts';
import type { Candidate } from './considered-ami.ts';
import { lookAtReferences } from './references.ts';

/** What was seen of a region, all of it: where one look failed there is no inventory. */
export interface RegionInventory {
  region: string;
  /** Every AMI of the account, those of other publications and of nobody known as well. */
  candidates: Candidate[];
}

/** Calls under way at once in one region while looking at permissions. */
const looksAtOnce = 8;

/**
 * Every AMI of the account in a region: disabled, deprecated, pending and failed ones too. Permissions and references
 * are looked at for those that may be of the publication. A look that fails, or ends before its last page, makes the
 * whole region unknown.
 *
 * @param earlier what this run saw before. Permissions, of which each takes a call, are taken from there: they are read once
 * more of each AMI right before it goes (`src/remove/remove-ami.ts`).
 */
export async function lookAtRegion(
  publication: Publication,
  region: string,
  world: Pick<World, 'clients'>,
  earlier?: RegionInventory,
): Promise<Look<RegionInventory>> {
  const images = await findImages(world.clients, region, { owner: 'self' });
  if (!images.ok) return images;
  const belongs: Belongs = belongsTo(publication);
  const amis = images.value.map((ami) => ({ ami, belonging: belongs(ami) }));
  const ours = amis.filter(({ belonging }) => belonging).map(({ ami }) => ami);
  const limit = pLimit(looksAtOnce);
  const known = permissionsIn(earlier);
  const permissionsOf = async (ami: Ami): Promise<Look<Permissions>> => {
    const before = known.get(ami.id);
    return before ? seen(before) : lookAtPermissions(ami, region, world, limit);
  };
  const [references, ...permissions] = await Promise.all([
    lookAtReferences(
      ours.map(({ id }) => id),
      region,
      world,
    ),
    ...ours.map(async (ami) => ({ id: ami.id, look: await permissionsOf(ami) })),
  ]);
  if (!references.ok) return references;
  const looked = allSeen(Object.fromEntries(permissions.map(({ id, look }) => [id, look])));
  if (!looked.ok) return looked;
  return seen({
    region,
    candidates: amis.map(({ ami, belonging }): Candidate => {
      const { launch = nobody, volumes = [] } = looked.value[ami.id] ?? {};
      return {
        ami,
        ...definedOnly({ belongs: belonging }),
        launchPermission: launch,
        createVolumePermissions: volumes,
        references: references.value.get(ami.id) ?? [],
      };
    }),
  });
}

interface Permissions {
  launch: Permission;
  volumes: Permission[];
}

/** Of AMIs that may be of the publication; of the others they were not looked at. Pure. */
const permissionsIn = (earlier: RegionInventory | undefined): ReadonlyMap<string, Permissions> =>
  new Map(
    (earlier?.candidates ?? [])
      .filter(({ belongs }) => belongs)
      .map(({ ami, launchPermission: launch, createVolumePermissions: volumes }) => [
        ami.id,
        { launch, volumes },
      ]),
  );

async function lookAtPermissions(
  { id, snapshots }: Ami,
  region: string,
  { clients }: Pick<World, 'clients'>,
  limit: LimitFunction,
): Promise<Look<Permissions>> {
  const [launch, ...volumes] = await Promise.all([
    limit(() => launchPermission(clients, region, id)),
    ...snapshots.map((snapshot) => limit(() => createVolumePermission(clients, region, snapshot))),
  ]);
  const looks = allSeen(Object.fromEntries([launch, ...volumes].map((look, at) => [at, ofWhatIsGone(look)])));
  if (!looks.ok) return looks;
  const [first = nobody, ...others] = Object.values(looks.value);
  return seen({ launch: first, volumes: others });
}

/** Nobody may use what is not there: a snapshot that was deleted by hand, an AMI that failed. */
const ofWhatIsGone = (look: Look<Permission>): Look<Permission> =>
  !look.ok && saysNotFound(look.error.code) ? seen(nobody) : look;
