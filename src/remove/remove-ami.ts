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
import { deleteParameter, findStoredParameters } from '../aws/stored-parameters.ts';
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
import {
  type AmiOutcome,
  failed,
  goneAlready,
  kept,
  type Outcome,
  type PartOutcome,
  type Postponed,
  type Removal,
  type ResourceKind,
  removed,
} from '../model/resource.ts';
import { tagKeys } from '../model/resource-names.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { deleteWhenUnused } from './delete-when-unused.ts';
import { unprotect, unprotected } from './unprotect.ts';

export type RemovalContext = Pick<Context, 'clients' | 'clock' | 'emit' | 'stop' | 'lag' | 'command'>;

/** What was found in a region before any deletion, shared by all its removals. */
export interface RegionBefore {
  /** Existing AMIs. */
  stillExisting: ReadonlySet<string>;
  /** Existing snapshots, by id. */
  snapshots: ReadonlyMap<string, Snapshot>;
  /** AMIs by the snapshots in their block device mappings. */
  users: ReadonlyMap<string, readonly string[]>;
  /** Instance-store AMIs that are kept. */
  staying: readonly Ami[];
  /** All AMIs to delete. */
  going: ReadonlySet<string>;
  /** AMIs already deregistered; EC2 may still show them for seconds. */
  gone: Set<string>;
  sharedStays: boolean;
  buckets: BucketMarker;
  readParts: ReadParts;
  account?: string;
}

/**
 * Deletes one AMI with its dependents. In this order, a process killed at any moment leaves nothing that cannot be found again:
 * tag the dependents, remove launch permissions and createVolumePermissions, deregister the AMI, and only then delete its
 * snapshots and its bundle, except those that another AMI of the account uses. Resumes a removal that an earlier run started.
 */
export async function removeAmi(
  removal: Removal,
  before: RegionBefore,
  context: RemovalContext,
): Promise<AmiOutcome> {
  const { ami, region, target, location } = removal;
  const report = (kind: ResourceKind, id: string, { outcome }: Pick<AmiOutcome, 'outcome'>) => {
    if (outcome === 'removed') context.emit({ type: 'removed', region, target, kind, id });
  };
  const bundle =
    location === undefined ? okLookup(undefined) : await lookUpBundleOf(removal, before, context);
  const snapshots = snapshotsToRemove(removal, before);
  let own: Outcome | Postponed = goneAlready;
  const deleted: PartOutcome[] = [];
  if (before.stillExisting.has(ami)) {
    own = await deregister(removal, snapshots, bundle, before, deleted, context);
    for (const part of deleted) report(part.kind, part.id, part);
    report('AMI', ami, own);
    if (own.outcome !== 'removed') return { ...own, parts: deleted };
    before.gone.add(ami);
  }
  const parts = await removeSnapshots(removal, snapshots, before, context);
  for (const part of parts) report(part.kind, part.id, part);
  parts.unshift(...deleted);
  if (location !== undefined) {
    const done = bundle.ok
      ? await removeStored(location, bundle.value, before, context)
      : failed(bundle.error);
    if (done) parts.push({ kind: 'bundle', id: bundleIdOf(location), ...done });
    if (done) report('bundle', bundleIdOf(location), done);
  }
  return { ...own, parts };
}

/**
 * Turns off the AMI's protection, tags its dependents, removes the permissions of others, deletes the parameters of its release
 * (they would name nothing), and deregisters it. If the protection has a cooldown, nothing else is changed.
 *
 * @param deleted receives the outcomes of the parameters.
 */
async function deregister(
  removal: Removal,
  snapshots: readonly Snapshot[],
  bundle: Lookup<StoredBundle | undefined>,
  before: RegionBefore,
  deleted: PartOutcome[],
  context: RemovalContext,
): Promise<Outcome | Postponed> {
  const { ami, region } = removal;
  const { clients } = context;
  const shares = await sharesOf(removal, snapshots, before, context);
  if (!bundle.ok) return failed(bundle.error);
  if (!shares.ok) return failed(shares.error);
  if (before.sharedStays && shares.value.length > 0) return kept('it was shared after the plan was made');
  if (removal.protected) {
    const protection = await unprotect(removal, context);
    if (!protection.ok) return failed(protection.error);
    if (protection.value.is === 'cooling') return unprotected(protection.value.until, context.clock.now());
  }
  const steps: (() => Promise<Lookup<unknown>>)[] = [
    // Otherwise others would lose access to an AMI that stays.
    async () => (shares.value.length > 0 ? mayDeregister(clients, region, ami) : okLookup(undefined)),
    () => tagSnapshots(removal, snapshots, before, context),
    () => markBundle(removal, bundle.value, before),
    () => revoke(shares.value),
    () => deleteParameters(removal, deleted, context),
    () => deregisterImage(clients, region, ami),
  ];
  for (const step of steps) {
    const done = await step();
    if (!done.ok) return failed(done.error);
  }
  return removed;
}

/** Deletes only parameters that still name it. */
async function deleteParameters(
  { ami, region, parameters = [] }: Removal,
  deleted: PartOutcome[],
  { clients }: RemovalContext,
): Promise<Lookup<void>> {
  if (parameters.length === 0) return okLookup(undefined);
  const found = await findStoredParameters(clients, region, parameters);
  if (!found.ok) return found;
  for (const [id, { value }] of found.value) {
    if (value !== ami) continue;
    const done = await deleteParameter(clients, region, id);
    if (!done.ok) return done;
    deleted.push({ kind: 'parameter', id, ...removed });
  }
  return okLookup(undefined);
}

const lookUpBundleOf = (
  { release, location = '', region }: Removal,
  { account }: RegionBefore,
  context: RemovalContext,
) => lookUpStoredBundle({ release, location, region, ...definedOnly({ account }) }, context);

/** The removal's snapshots that still exist. */
const thereOf = ({ snapshots }: Removal, before: RegionBefore): Snapshot[] =>
  snapshots.flatMap((id) => before.snapshots.get(id) ?? []);

/**
 * The snapshots deleted with an AMI: for an AMI from CreateImage, those that CreateImage created from the same instance. A
 * snapshot of the user's own in its mapping existed before it.
 */
export function snapshotsToRemove(removal: Removal, before: RegionBefore): Snapshot[] {
  const { sourceInstance: instance } = removal;
  return thereOf(removal, before).filter((one) => instance === undefined || sourceInstance(one) === instance);
}

/** Whether only AMIs that are deleted as well use it. */
const isOnlyOf = (id: string, { users, going }: RegionBefore): boolean =>
  (users.get(id) ?? []).every((user) => going.has(user));

/** Tags snapshots, except those that another AMI keeps. */
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

/** Tags a bundle, unless another AMI keeps it. */
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

/** A permission of others to remove. */
export interface Share {
  of: 'AMI' | 'snapshot';
  permission: Permission;
  change(change: PermissionChange): Promise<Lookup<void>>;
}

/** Others who may launch it, or create volumes from snapshots that are deleted with it. */
export async function sharesOf(
  { ami, region }: Removal,
  snapshots: readonly Snapshot[],
  before: RegionBefore,
  { clients }: RemovalContext,
): Promise<Lookup<Share[]>> {
  const lookups: [Share['of'], Lookup<Permission>, Share['change']][] = [
    [
      'AMI',
      await launchPermission(clients, region, ami),
      (change) => changeLaunchPermission(clients, region, ami, change),
    ],
  ];
  for (const { id } of snapshots) {
    if (!isOnlyOf(id, before)) continue;
    lookups.push([
      'snapshot',
      await createVolumePermission(clients, region, id),
      (change) => changeCreateVolumePermission(clients, region, id, change),
    ]);
  }
  const shares: Share[] = [];
  for (const [of, has, change] of lookups) {
    if (!has.ok && saysNotFound(has.error.code)) continue;
    if (!has.ok) return has;
    if (!isEmpty(has.value)) shares.push({ of, permission: has.value, change });
  }
  return okLookup(shares);
}

export async function revoke(shares: readonly Share[]): Promise<Lookup<void>> {
  for (const { permission, change } of shares) {
    const changed = await change({ add: nobody, remove: permission });
    if (!changed.ok && !saysNotFound(changed.error.code)) return changed;
  }
  return okLookup(undefined);
}

/** AMIs are looked up after this one is deregistered, to learn which of them use a snapshot at that moment. */
async function removeSnapshots(
  removal: Removal,
  own: readonly Snapshot[],
  before: RegionBefore,
  context: RemovalContext,
): Promise<PartOutcome[]> {
  const { region } = removal;
  const others = thereOf(removal, before)
    .filter((snapshot) => !own.includes(snapshot))
    .map(({ id }) => snapshotOutcome(id, kept('it was not created with the AMI')));
  if (own.length === 0) return others;
  const ids = own.map(({ id }) => id);
  const users = await findImages(context.clients, region, { owner: 'self', snapshots: ids });
  if (!users.ok) return [...ids.map((id) => snapshotOutcome(id, failed(users.error))), ...others];
  const outcomes: PartOutcome[] = [];
  for (const id of ids) {
    const having = users.value
      .filter((user) => !before.gone.has(user.id) && !isDeregistered(user))
      .filter(({ snapshots }) => snapshots.includes(id))
      .map((user) => user.id);
    outcomes.push(snapshotOutcome(id, await removeSnapshot({ id, region }, having, before, context)));
  }
  return [...outcomes, ...others];
}

const snapshotOutcome = (id: string, outcome: Outcome): PartOutcome => ({ kind: 'snapshot', id, ...outcome });

async function removeSnapshot(
  snapshot: { id: string; region: string },
  users: readonly string[],
  { going }: RegionBefore,
  context: RemovalContext,
): Promise<Outcome> {
  if (users.length > 0) {
    const next = users.every((user) => going.has(user)) ? ', which is deleted as well' : '';
    return kept(`${users.join(', ')} uses it${next}`);
  }
  const deleted = await deleteWhenUnused(snapshot, deleteSnapshot, context);
  return deleted.ok ? removed : failed(deleted.error);
}

/** Undefined if the bundle has no objects. */
async function removeStored(
  location: string,
  bundle: StoredBundle | undefined,
  { gone, readParts }: RegionBefore,
  context: RemovalContext,
): Promise<Outcome | undefined> {
  if (!bundle) return undefined;
  if (bundle.unclear !== undefined) return kept(bundle.unclear);
  const needed = await whyBundleIsNeeded(bundle, location, gone, readParts, context);
  if (!needed.ok) return failed(needed.error);
  if (needed.value !== undefined) return kept(needed.value);
  if (bundle.objects.length + bundle.uploads.length === 0) return undefined;
  const { deleteObjects } = await s3();
  const deleted = await deleteObjects(context.clients, bundle.bucket, bundle);
  return deleted.ok ? removed : failed(deleted.error);
}
