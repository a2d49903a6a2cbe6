import { saysNotFound } from '../aws/ask.ts';
import type { Context } from '../aws/context.ts';
import { findImages, launchPermission } from '../aws/images.ts';
import { createVolumePermission } from '../aws/snapshots.ts';
import { definedOnly } from '../lib/defined-only.ts';
import type { Ami } from '../model/ami.ts';
import { allLookups, type Lookup, okLookup } from '../model/lookup.ts';
import { nobody, type Permission } from '../model/permission.ts';
import type { Publication } from '../model/publication.ts';
import { type FindOrigin, originFinder } from './ami-origin.ts';
import type { InventoriedAmi } from './considered-ami.ts';

/** Everything found in a region; if a lookup failed there is no inventory. */
export interface RegionInventory {
  region: string;
  /** Every AMI of the account, including those of other publications and of unknown origin. */
  amis: InventoriedAmi[];
}

/**
 * Every AMI of the account in a region, including disabled, deprecated, pending and failed ones. Permissions are looked up for
 * AMIs that may belong to the publication. A lookup that fails, or ends before its last page, makes the whole region unknown.
 *
 * @param earlier this run's earlier inventory. Permissions, each of which takes a call, come from there: those of each AMI are
 * read once more right before it is deregistered (`src/remove/remove-ami.ts`).
 */
export async function lookUpRegion(
  publication: Publication,
  region: string,
  context: Pick<Context, 'clients'>,
  earlier?: RegionInventory,
): Promise<Lookup<RegionInventory>> {
  const images = await findImages(context.clients, region, { owner: 'self' });
  if (!images.ok) return images;
  const origin: FindOrigin = originFinder(publication);
  const amis = images.value.map((ami) => ({ ami, belonging: origin(ami) }));
  const ours = amis.filter(({ belonging }) => belonging).map(({ ami }) => ami);
  const known = permissionsIn(earlier);
  const permissionsOf = async (ami: Ami): Promise<Lookup<Permissions>> => {
    const before = known.get(ami.id);
    return before ? okLookup(before) : lookUpPermissions(ami, region, context);
  };
  const permissions = await Promise.all(
    ours.map(async (ami) => ({ id: ami.id, lookup: await permissionsOf(ami) })),
  );
  const looked = allLookups(Object.fromEntries(permissions.map(({ id, lookup }) => [id, lookup])));
  if (!looked.ok) return looked;
  return okLookup({
    region,
    amis: amis.map(({ ami, belonging }): InventoriedAmi => {
      const { launch = nobody, volumes = [] } = looked.value[ami.id] ?? {};
      return {
        ami,
        ...definedOnly({ origin: belonging }),
        launchPermission: launch,
        createVolumePermissions: volumes,
      };
    }),
  });
}

interface Permissions {
  launch: Permission;
  volumes: Permission[];
}

/** The permissions of AMIs that may belong to the publication; those of others were not looked up. Pure. */
const permissionsIn = (earlier: RegionInventory | undefined): ReadonlyMap<string, Permissions> =>
  new Map(
    (earlier?.amis ?? [])
      .filter(({ origin }) => origin)
      .map(({ ami, launchPermission: launch, createVolumePermissions: volumes }) => [
        ami.id,
        { launch, volumes },
      ]),
  );

async function lookUpPermissions(
  { id, snapshots }: Ami,
  region: string,
  { clients }: Pick<Context, 'clients'>,
): Promise<Lookup<Permissions>> {
  const [launch, ...volumes] = await Promise.all([
    launchPermission(clients, region, id),
    ...snapshots.map((snapshot) => createVolumePermission(clients, region, snapshot)),
  ]);
  const lookups = allLookups(
    Object.fromEntries([launch, ...volumes].map((lookup, at) => [at, ofWhatIsGone(lookup)])),
  );
  if (!lookups.ok) return lookups;
  const [first = nobody, ...others] = Object.values(lookups.value);
  return okLookup({ launch: first, volumes: others });
}

/** A resource that does not exist is shared with nobody: a snapshot deleted by hand, an AMI that failed. */
const ofWhatIsGone = (lookup: Lookup<Permission>): Lookup<Permission> =>
  !lookup.ok && saysNotFound(lookup.error.code) ? okLookup(nobody) : lookup;
