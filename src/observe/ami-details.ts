import { saysNotFound } from '../aws/ask.ts';
import type { Context } from '../aws/context.ts';
import { launchPermission } from '../aws/images.ts';
import { kmsKey } from '../aws/kms-keys.ts';
import { createVolumePermission, findSnapshots } from '../aws/snapshots.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { memoize } from '../lib/memoize.ts';
import type { Ami } from '../model/ami.ts';
import { allLookups, type Lookup, okLookup } from '../model/lookup.ts';
import { nobody } from '../model/permission.ts';
import type { Target } from '../model/release-plan.ts';
import type { SeenBundle } from '../model/seen-bundle.ts';
import type { AmiDetails } from '../model/sighting.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { madeWith } from './created-snapshots.ts';

/** The details of an available AMI of a target of the region. */
export type DetailsOf = (
  ami: Ami,
  target: Pick<Target, 'encryption'>,
  bundle: Lookup<SeenBundle | undefined>,
) => Promise<Lookup<AmiDetails>>;

/**
 * Looks up the snapshots of all AMIs of a region together. Permissions take one call per AMI and snapshot.
 *
 * @param completed snapshots already seen as completed; they are not looked up again, since EC2 does not let anyone delete a
 * snapshot while its AMI exists.
 * @param made ids of AMIs that this run created and nobody has shared yet. They and their snapshots count as private without a
 * lookup, unless DescribeImages shows the AMI as public: EC2 creates AMIs and snapshots private ("Share an AMI with specific
 * AWS accounts", Amazon EC2 User Guide; "Share an Amazon EBS snapshot", Amazon EBS User Guide) and does not copy launch
 * permissions ("Copy an Amazon EC2 AMI").
 */
export async function detailsIn(
  region: string,
  amis: readonly Ami[],
  { clients }: Pick<Context, 'clients'>,
  completed: readonly Snapshot[],
  made: ReadonlySet<string>,
): Promise<DetailsOf> {
  const known = new Map(completed.map((snapshot) => [snapshot.id, snapshot]));
  const ids = new Set(amis.flatMap((ami) => (ami.state === 'available' ? ami.snapshots : [])));
  const open = [...ids].filter((id) => !known.has(id));
  const asked = await findSnapshots(clients, region, { ids: open });
  const found = asked.ok ? okLookup([...known.values(), ...asked.value]) : asked;
  const keyIdOf = memoize((name) => lookUpKeyId(name, region, clients));
  return async (ami, { encryption }, bundle) => {
    const asMade = made.has(ami.id) && !ami.public;
    const launching = asMade ? okLookup(nobody) : launchPermission(clients, region, ami.id);
    const key = encryption?.kmsKey;
    const naming = key === undefined ? okLookup(undefined) : keyIdOf(key);
    const own = found.ok ? found.value.filter(({ id }) => ami.snapshots.includes(id)) : [];
    const isMade = (snapshot: Snapshot) => asMade && madeWith(ami, snapshot);
    const [launch, volume, wantedKey] = await Promise.all([
      launching,
      volumePermissions(own, isMade, region, clients),
      naming,
    ]);
    const lookups = allLookups({ bundle, found, launch, volume, wantedKey });
    if (!lookups.ok) return lookups;
    return okLookup({
      snapshots: own.filter(({ id }) => id in lookups.value.volume),
      ...definedOnly({ asMade: asMade || undefined }),
      launchPermission: lookups.value.launch,
      createVolumePermission: lookups.value.volume,
      ...definedOnly({ bundle: lookups.value.bundle, wantedKey: lookups.value.wantedKey }),
    });
  };
}

/**
 * Permissions by snapshot id. A snapshot that EC2 does not know is omitted, as if it were not shown: a replica may lag behind
 * the one that showed it.
 */
async function volumePermissions(
  snapshots: readonly Snapshot[],
  isMade: (snapshot: Snapshot) => boolean,
  region: string,
  clients: Context['clients'],
): Promise<Lookup<AmiDetails['createVolumePermission']>> {
  const lookups = await Promise.all(
    snapshots.map(async (one) => {
      const has = isMade(one) ? okLookup(nobody) : await createVolumePermission(clients, region, one.id);
      return [one.id, has] as const;
    }),
  );
  const known = lookups.filter(([, has]) => has.ok || !saysNotFound(has.error.code));
  return allLookups(Object.fromEntries(known));
}

/** The id of a key, which is part of the ARN that snapshots show. Only an alias needs a call to KMS. */
async function lookUpKeyId(
  name: string,
  region: string,
  clients: Context['clients'],
): Promise<Lookup<AmiDetails['wantedKey']>> {
  if (!/(?:^|:)alias\//.test(name)) return okLookup({ id: name.split('/').at(-1) });
  const lookup = await kmsKey(clients, region, name);
  return lookup.ok ? okLookup({ id: lookup.value?.id }) : lookup;
}
