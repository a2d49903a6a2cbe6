import type { Context } from '../aws/context.ts';
import { launchPermission } from '../aws/images.ts';
import { createVolumePermission, findSnapshots } from '../aws/snapshots.ts';
import { definedOnly } from '../lib/defined-only.ts';
import type { Ami } from '../model/ami.ts';
import { allLookups, type Lookup, okLookup } from '../model/lookup.ts';
import type { SeenBundle } from '../model/seen-bundle.ts';
import type { AmiDetails } from '../model/sighting.ts';
import type { Snapshot } from '../model/snapshot.ts';

/** The details of an available AMI of the region. */
export type DetailsOf = (ami: Ami, bundle: Lookup<SeenBundle | undefined>) => Promise<Lookup<AmiDetails>>;

/** The snapshots of all AMIs of a region are looked up together; permissions take a call for each AMI and snapshot. */
export async function detailsIn(
  region: string,
  amis: readonly Ami[],
  { clients }: Pick<Context, 'clients'>,
): Promise<DetailsOf> {
  const ids = [...new Set(amis.flatMap((ami) => (ami.state === 'available' ? ami.snapshots : [])))];
  const found = await findSnapshots(clients, region, { ids });
  return async (ami, bundle) => {
    const launching = launchPermission(clients, region, ami.id);
    const own = found.ok ? found.value.filter(({ id }) => ami.snapshots.includes(id)) : [];
    const [launch, volume] = await Promise.all([launching, volumePermissions(own, region, clients)]);
    const lookups = allLookups({ bundle, found, launch, volume });
    if (!lookups.ok) return lookups;
    return okLookup({
      snapshots: own,
      launchPermission: lookups.value.launch,
      createVolumePermission: lookups.value.volume,
      ...definedOnly({ bundle: lookups.value.bundle }),
    });
  };
}

/** By snapshot id. */
async function volumePermissions(
  snapshots: readonly Snapshot[],
  region: string,
  clients: Context['clients'],
): Promise<Lookup<AmiDetails['createVolumePermission']>> {
  const lookups = await Promise.all(
    snapshots.map(async ({ id }) => [id, await createVolumePermission(clients, region, id)] as const),
  );
  return allLookups(Object.fromEntries(lookups));
}
