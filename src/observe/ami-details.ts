import type { Context } from '../aws/context.ts';
import { launchPermission } from '../aws/images.ts';
import { kmsKey } from '../aws/kms-keys.ts';
import { createVolumePermission, findSnapshots } from '../aws/snapshots.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { memoize } from '../lib/memoize.ts';
import type { Ami } from '../model/ami.ts';
import { allLookups, type Lookup, okLookup } from '../model/lookup.ts';
import type { Target } from '../model/release-plan.ts';
import type { SeenBundle } from '../model/seen-bundle.ts';
import type { AmiDetails } from '../model/sighting.ts';
import type { Snapshot } from '../model/snapshot.ts';

/** The details of an available AMI of a target of the region. */
export type DetailsOf = (
  ami: Ami,
  target: Pick<Target, 'encryption'>,
  bundle: Lookup<SeenBundle | undefined>,
) => Promise<Lookup<AmiDetails>>;

/** The snapshots of all AMIs of a region are looked up together; permissions take a call for each AMI and snapshot. */
export async function detailsIn(
  region: string,
  amis: readonly Ami[],
  { clients }: Pick<Context, 'clients'>,
): Promise<DetailsOf> {
  const ids = [...new Set(amis.flatMap((ami) => (ami.state === 'available' ? ami.snapshots : [])))];
  const found = await findSnapshots(clients, region, { ids });
  const keyIdOf = memoize((name) => lookUpKeyId(name, region, clients));
  return async (ami, { encryption }, bundle) => {
    const launching = launchPermission(clients, region, ami.id);
    const key = encryption?.kmsKey;
    const naming = key === undefined ? okLookup(undefined) : keyIdOf(key);
    const own = found.ok ? found.value.filter(({ id }) => ami.snapshots.includes(id)) : [];
    const [launch, volume, wantedKey] = await Promise.all([
      launching,
      volumePermissions(own, region, clients),
      naming,
    ]);
    const lookups = allLookups({ bundle, found, launch, volume, wantedKey });
    if (!lookups.ok) return lookups;
    return okLookup({
      snapshots: own,
      launchPermission: lookups.value.launch,
      createVolumePermission: lookups.value.volume,
      ...definedOnly({ bundle: lookups.value.bundle, wantedKey: lookups.value.wantedKey }),
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

/** The id of a key, which is part of the ARN that snapshots show. Only for an alias KMS has to be asked. */
async function lookUpKeyId(
  name: string,
  region: string,
  clients: Context['clients'],
): Promise<Lookup<AmiDetails['wantedKey']>> {
  if (!/(?:^|:)alias\//.test(name)) return okLookup({ id: name.split('/').at(-1) });
  const lookup = await kmsKey(clients, region, name);
  return lookup.ok ? okLookup({ id: lookup.value?.id }) : lookup;
}
