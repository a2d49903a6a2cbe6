import { deleteKeyPair, deleteSecurityGroup, deleteVolume, writeTags } from '../aws/build-resources.ts';
import type { Context } from '../aws/context.ts';
import { deregisterImage, findImages } from '../aws/images.ts';
import { findInstances, terminateInstance } from '../aws/instances.ts';
import { deleteSnapshot, findSnapshots, sourceInstance } from '../aws/snapshots.ts';
import { deleteIfEmpty } from '../instance-store/empty-bucket.ts';
import { removeBundle } from '../instance-store/target-bundles.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { poll } from '../lib/poll.ts';
import type { Instance } from '../model/instance.ts';
import { allLookups, failedLookup, type Lookup, okLookup } from '../model/lookup.ts';
import { failed, type Outcome, type Resource, type ResourceKind, removed } from '../model/resource.ts';
import { tagKeys } from '../model/resource-names.ts';
import { betweenTries, deleteWhenUnused, type Removing } from './delete-when-unused.ts';

export type LeftoverContext = Pick<Context, 'clients' | 'clock' | 'emit'>;

/** Instances of previous generations take minutes to terminate. Milliseconds. */
const terminationLimit = 20 * 60_000;

/**
 * Deletes leftovers of builds. Instances come first, and it waits for their termination, since everything else depends on them.
 * Security groups and snapshots are tagged before the resource that leads to them is deleted, so that a run killed in between
 * leaves nothing that the next one cannot find.
 *
 * @returns the outcome of each. A leftover without one was not reached, because a resource it depends on remains, or turned out
 * not to be a leftover.
 */
export async function removeLeftovers<Left extends Resource>(
  found: readonly Left[],
  context: LeftoverContext,
): Promise<(Left & Outcome)[]> {
  const { clients } = context;
  const outcomes: (Left & Outcome)[] = [];
  const foreign = await snapshotsNotOfTheirAmis(found, context);
  if (!foreign.ok) return found.map((one) => ({ ...one, ...failed(foreign.error) }));
  const leftovers = found.filter(({ id }) => !foreign.value.has(id));
  const of = (kind: ResourceKind) => leftovers.filter((resource) => resource.kind === kind);
  const note = (resource: Left, done: Lookup<unknown>) => {
    outcomes.push({ ...resource, ...(done.ok ? removed : failed(done.error)) });
    const { kind, id, region, target } = resource;
    if (done.ok) context.emit({ type: 'removed', kind, id, region, ...definedOnly({ target }) });
    return done.ok;
  };

  for (const resource of [...of('security group'), ...of('snapshot')]) {
    const tagged = await tagBefore(resource, context);
    if (!tagged.ok && !/NotFound$/.test(tagged.error.code)) note(resource, tagged);
  }
  if (outcomes.length > 0) return outcomes;

  const terminated = await Promise.all(
    of('instance').map(async (resource) => note(resource, await terminate(resource, context))),
  );
  if (terminated.includes(false)) return outcomes;

  for (const resource of of('key pair'))
    note(resource, await deleteKeyPair(clients, resource.region, resource.id));
  for (const resource of of('security group')) {
    const remove = resource.release === undefined ? orphaned : deleteWhenUnused;
    note(resource, await remove(resource, deleteSecurityGroup, context));
  }
  for (const resource of of('volume'))
    note(resource, await deleteWhenUnused(resource, deleteVolume, context));
  let deregistered = true;
  for (const resource of of('AMI')) {
    deregistered =
      note(resource, await deregisterImage(clients, resource.region, resource.id)) && deregistered;
  }
  if (!deregistered) return outcomes;
  // If it turns out not to be a leftover, there was nothing to delete, and the next lookup will tell.
  const noteIfGone = (resource: Left, done: Lookup<boolean>) => {
    if (!done.ok || done.value) note(resource, done);
  };
  for (const resource of of('bundle')) {
    if (resource.release !== undefined)
      noteIfGone(resource, await removeBundle(resource.release, resource, context));
  }
  for (const resource of of('bucket'))
    noteIfGone(resource, await deleteIfEmpty({ name: resource.id, region: resource.region }, context));
  for (const resource of of('snapshot')) {
    if (of('AMI').length > 0) note(resource, await deleteWhenUnused(resource, deleteSnapshot, context));
    else noteIfGone(resource, await deleteUnlessInUse(resource, context));
  }
  return outcomes;
}

/**
 * Snapshots in a failed AMI's mapping that CreateImage did not create from the AMI's instance: they are the user's own and
 * existed before it.
 */
async function snapshotsNotOfTheirAmis(
  found: readonly Resource[],
  { clients }: LeftoverContext,
): Promise<Lookup<ReadonlySet<string>>> {
  const idsOf = (kind: ResourceKind) => found.flatMap((one) => (one.kind === kind ? one.id : []));
  const [region = ''] = found.map((one) => one.region);
  const [amis, ids] = [idsOf('AMI'), idsOf('snapshot')];
  if (amis.length === 0 || ids.length === 0) return okLookup(new Set());
  const lookups = allLookups({
    images: await findImages(clients, region, { owner: 'self', ids: amis }),
    snapshots: await findSnapshots(clients, region, { ids }),
  });
  if (!lookups.ok) return lookups;
  const { images, snapshots } = lookups.value;
  const foreign = snapshots.filter((snapshot) =>
    images.some(
      (ami) =>
        ami.sourceInstance !== undefined &&
        ami.snapshots.includes(snapshot.id) &&
        sourceInstance(snapshot) !== ami.sourceInstance,
    ),
  );
  return okLookup(new Set(foreign.map(({ id }) => id)));
}

/** Tags resources before the deletion, except those without a known release. */
async function tagBefore(
  { id, region, release, target = '' }: Resource,
  { clients }: LeftoverContext,
): Promise<Lookup<void>> {
  if (release === undefined) return okLookup(undefined);
  return writeTags(clients, region, [id], { [tagKeys.release]: release, [tagKeys.target]: target });
}

async function terminate({ id, region }: Resource, context: LeftoverContext): Promise<Lookup<void>> {
  const asked = await terminateInstance(context.clients, region, id);
  if (!asked.ok) return asked;
  const lookup = await poll(
    { clock: context.clock, every: betweenTries, within: terminationLimit },
    () => findInstances(context.clients, region, { ids: [id] }),
    (found) => !found.ok || stateOf(found.value) === 'terminated',
  );
  if (!lookup.ok) return lookup;
  if (stateOf(lookup.value) === 'terminated') return okLookup(undefined);
  const message = `${id} was still ${stateOf(lookup.value)} after ${terminationLimit / 60_000} minutes`;
  return failedLookup({ code: 'Timeout', message, operation: 'ec2:TerminateInstances', region });
}

const stateOf = ([instance]: Instance[]) => instance?.state ?? 'terminated';

/**
 * Deletes a snapshot that no AMI seems to use. If EC2 says that an AMI uses it, that AMI was not visible yet: the snapshot is
 * not a leftover, and the next lookup will tell.
 */
async function deleteUnlessInUse(
  { id, region }: Resource,
  { clients }: LeftoverContext,
): Promise<Lookup<boolean>> {
  const deleted = await deleteSnapshot(clients, region, id);
  if (!deleted.ok && deleted.error.code === 'InvalidSnapshot.InUse') return okLookup(false);
  return deleted.ok ? okLookup(true) : deleted;
}

/** A resource that was unattached a moment ago is now in use, and waiting does not change that. */
const orphaned: Removing = ({ id, region }, remove, { clients }) => remove(clients, region, id);
