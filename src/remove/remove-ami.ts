import { isDeregistered } from '../aws/ami-states.ts';
import { saysNotFound } from '../aws/ask.ts';
import { writeTags } from '../aws/build-resources.ts';
import type { Context } from '../aws/context.ts';
import {
  changeLaunchPermission,
  deregisterImage,
  findImages,
  launchPermission,
  mayDeregister,
} from '../aws/images.ts';
import {
  changeCreateVolumePermission,
  createVolumePermission,
  deleteSnapshot,
  sourceInstance,
} from '../aws/snapshots.ts';
import { type ReadParts, whyBundleIsNeeded, whyNeededBy } from '../instance-store/bundle-users.ts';
import type { BucketMarker } from '../instance-store/mark-buckets.ts';
import { s3 } from '../instance-store/s3.ts';
import {
  bundleIdOf,
  keysOfBundle,
  lookUpStoredBundle,
  type StoredBundle,
} from '../instance-store/stored-bundle.ts';
import { definedOnly } from '../lib/defined-only.ts';
import type { Ami } from '../model/ami.ts';
import { type Lookup, okLookup } from '../model/lookup.ts';
import { isEmpty, nobody, type Permission, type PermissionChange } from '../model/permission.ts';
import type { Fate, Part, Removal } from '../model/removal.ts';
import { failedFate } from '../model/removal.ts';
import { tagKeys } from '../model/resource-names.ts';
import type { ResourceKind } from '../model/sighting.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { deleteWhenUnused } from './delete-when-unused.ts';

export type RemovalContext = Pick<Context, 'clients' | 'clock' | 'emit' | 'stop'>;

/** What was seen of a region before anything of it goes, and what is common to all that goes there. */
export interface RegionBefore {
  /** AMIs that are there. */
  stillExisting: ReadonlySet<string>;
  /** Snapshots that are there, by id. */
  snapshots: ReadonlyMap<string, Snapshot>;
  /** AMIs that have a snapshot in their block device mapping, by its id. */
  users: ReadonlyMap<string, readonly string[]>;
  /** AMIs on instance-store that are not to go. */
  staying: readonly Ami[];
  /** All AMIs that are to go. */
  going: ReadonlySet<string>;
  /** Those that are gone by now; EC2 may show them for seconds. */
  gone: Set<string>;
  sharedStays: boolean;
  buckets: BucketMarker;
  readParts: ReadParts;
  account?: string;
}

/**
 * Removes one AMI with all that hangs on it, in the order in which a process that is killed at any moment leaves nothing
 * that cannot be found again: what remains is tagged, nobody new may start from it, it is deregistered, and only then its
 * snapshots and its bundle go, each unless another AMI of the account has it. What an earlier run began is gone on with.
 */
export async function removeAmi(
  removal: Removal,
  before: RegionBefore,
  context: RemovalContext,
): Promise<Part[]> {
  const { ami, region, target, location } = removal;
  const { clients } = context;
  const parts: Part[] = [];
  const note = (kind: ResourceKind, id: string, fate: Fate) => {
    parts.push({ kind, id, fate });
    if (fate.is === 'removed') context.emit({ type: 'removed', region, target, kind, id });
  };
  const bundle =
    location === undefined ? okLookup(undefined) : await lookUpBundleOf(removal, before, context);
  const snapshots = snapshotsToRemove(removal, before);
  if (before.stillExisting.has(ami)) {
    const open = await openTo(removal, snapshots, before, context);
    if (before.sharedStays && open.ok && open.value.length > 0) {
      note('AMI', ami, { is: 'kept', why: 'it was shared since it was decided on' });
      return parts;
    }
    const ends = [
      async () => bundle,
      async () => open,
      // Others must not lose an AMI that then stays.
      async () =>
        open.ok && open.value.length > 0 ? mayDeregister(clients, region, ami) : okLookup(undefined),
      () => tagSnapshots(removal, snapshots, before, context),
      async () => (bundle.ok ? markBundle(removal, bundle.value, before) : bundle),
      async () => (open.ok ? closeToOthers(open.value) : open),
      () => deregisterImage(clients, region, ami),
    ];
    for (const end of ends) {
      const done = await end();
      if (done.ok) continue;
      note('AMI', ami, failedFate(done.error));
      return parts;
    }
    before.gone.add(ami);
    note('AMI', ami, { is: 'removed' });
  }
  for (const { id, fate } of await removeSnapshots(removal, snapshots, before, context))
    note('snapshot', id, fate);
  if (location === undefined) return parts;
  const fate = bundle.ok
    ? await removeStored(location, bundle.value, before, context)
    : failedFate(bundle.error);
  if (fate) note('bundle', bundleIdOf(location), fate);
  return parts;
}

const lookUpBundleOf = (
  { release, location = '', region }: Removal,
  { account }: RegionBefore,
  context: RemovalContext,
) => lookUpStoredBundle({ release, location, region, ...definedOnly({ account }) }, context);

/** Those that are there. */
const thereOf = ({ snapshots }: Removal, before: RegionBefore): Snapshot[] =>
  snapshots.flatMap((id) => before.snapshots.get(id) ?? []);

/**
 * The snapshots that go with an AMI: where CreateImage made it, those that CreateImage made of the same instance. One of the
 * user's own that its mapping names was there before it.
 */
function snapshotsToRemove(removal: Removal, before: RegionBefore): Snapshot[] {
  const { sourceInstance: instance } = removal;
  return thereOf(removal, before).filter((one) => instance === undefined || sourceInstance(one) === instance);
}

/** Whether none but AMIs that go as well have it. */
const isOnlyOf = (id: string, { users, going }: RegionBefore): boolean =>
  (users.get(id) ?? []).every((user) => going.has(user));

/** A snapshot that stays with another AMI stays as it is. */
async function tagSnapshots(
  { ami, region, release, target }: Removal,
  snapshots: readonly Snapshot[],
  before: RegionBefore,
  { clients }: RemovalContext,
): Promise<Lookup<void>> {
  const ids = snapshots.map(({ id }) => id).filter((id) => isOnlyOf(id, before));
  if (ids.length === 0) return okLookup(undefined);
  const tags = { [tagKeys.release]: release, [tagKeys.target]: target, [tagKeys.deregistered]: ami };
  return writeTags(clients, region, ids, tags);
}

/** A bundle that stays with another AMI stays as it is. */
async function markBundle(
  removal: Removal,
  bundle: StoredBundle | undefined,
  { staying, buckets, readParts }: RegionBefore,
): Promise<Lookup<void>> {
  if (!bundle) return okLookup(undefined);
  const { keys } = keysOfBundle(bundle, removal.location);
  const needed = await whyNeededBy(staying, bundle.bucket, keys, readParts);
  if (!needed.ok) return needed;
  return needed.value === undefined ? buckets.mark(removal, bundle) : okLookup(undefined);
}

/** A permission of somebody else, to be taken away. */
interface Opening {
  permission: Permission;
  change(change: PermissionChange): Promise<Lookup<void>>;
}

/** Who else may launch it, or make volumes of snapshots that go with it. */
async function openTo(
  { ami, region }: Removal,
  snapshots: readonly Snapshot[],
  before: RegionBefore,
  { clients }: RemovalContext,
): Promise<Lookup<Opening[]>> {
  const lookups: [Lookup<Permission>, Opening['change']][] = [
    [
      await launchPermission(clients, region, ami),
      (change) => changeLaunchPermission(clients, region, ami, change),
    ],
  ];
  for (const { id } of snapshots) {
    if (!isOnlyOf(id, before)) continue;
    lookups.push([
      await createVolumePermission(clients, region, id),
      (change) => changeCreateVolumePermission(clients, region, id, change),
    ]);
  }
  const open: Opening[] = [];
  for (const [has, change] of lookups) {
    if (!has.ok && saysNotFound(has.error.code)) continue;
    if (!has.ok) return has;
    if (!isEmpty(has.value)) open.push({ permission: has.value, change });
  }
  return okLookup(open);
}

async function closeToOthers(open: readonly Opening[]): Promise<Lookup<void>> {
  for (const { permission, change } of open) {
    const changed = await change({ add: nobody, remove: permission });
    if (!changed.ok && !saysNotFound(changed.error.code)) return changed;
  }
  return okLookup(undefined);
}

/** AMIs are asked for now that this one is gone: what counts is who has a snapshot at this moment. */
async function removeSnapshots(
  removal: Removal,
  own: readonly Snapshot[],
  before: RegionBefore,
  context: RemovalContext,
): Promise<{ id: string; fate: Fate }[]> {
  const { region } = removal;
  const others = thereOf(removal, before)
    .filter((snapshot) => !own.includes(snapshot))
    .map(({ id }) => ({ id, fate: { is: 'kept' as const, why: 'it was not made with the AMI' } }));
  if (own.length === 0) return others;
  const ids = own.map(({ id }) => id);
  const users = await findImages(context.clients, region, { owner: 'self', snapshots: ids });
  if (!users.ok) return [...ids.map((id) => ({ id, fate: failedFate(users.error) })), ...others];
  const fates: { id: string; fate: Fate }[] = [];
  for (const id of ids) {
    const having = users.value
      .filter((user) => !before.gone.has(user.id) && !isDeregistered(user))
      .filter(({ snapshots }) => snapshots.includes(id))
      .map((user) => user.id);
    fates.push({ id, fate: await removeSnapshot({ id, region }, having, before, context) });
  }
  return [...fates, ...others];
}

async function removeSnapshot(
  snapshot: { id: string; region: string },
  users: readonly string[],
  { going }: RegionBefore,
  context: RemovalContext,
): Promise<Fate> {
  if (users.length > 0) {
    const next = users.every((user) => going.has(user)) ? ', which goes as well' : '';
    return { is: 'kept', why: `${users.join(', ')} has it${next}` };
  }
  const deleted = await deleteWhenUnused(snapshot, deleteSnapshot, context);
  return deleted.ok ? { is: 'removed' } : failedFate(deleted.error);
}

/** Undefined where nothing is there. */
async function removeStored(
  location: string,
  bundle: StoredBundle | undefined,
  { gone, readParts }: RegionBefore,
  context: RemovalContext,
): Promise<Fate | undefined> {
  if (!bundle) return undefined;
  if (bundle.unclear !== undefined) return { is: 'kept', why: bundle.unclear };
  const needed = await whyBundleIsNeeded(bundle, location, gone, readParts, context);
  if (!needed.ok) return failedFate(needed.error);
  if (needed.value !== undefined) return { is: 'kept', why: needed.value };
  if (bundle.objects.length + bundle.uploads.length === 0) return undefined;
  const { deleteObjects } = await s3();
  const deleted = await deleteObjects(context.clients, bundle.bucket, bundle);
  return deleted.ok ? { is: 'removed' } : failedFate(deleted.error);
}
