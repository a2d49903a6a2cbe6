import { deleteKeyPair, deleteSecurityGroup, deleteVolume, writeTags } from '../aws/build-resources.ts';
import type { World } from '../aws/context.ts';
import { deregisterImage } from '../aws/images.ts';
import { findInstances, terminateInstance } from '../aws/instances.ts';
import { deleteSnapshot } from '../aws/snapshots.ts';
import { deleteIfEmpty } from '../instance-store/empty-bucket.ts';
import { removeBundle } from '../instance-store/target-bundles.ts';
import { poll } from '../lib/poll.ts';
import type { Instance } from '../model/instance.ts';
import { type Look, type LookError, seen, unseen } from '../model/lookup.ts';
import { tagKeys } from '../model/resource-names.ts';
import type { Resource, ResourceKind } from '../model/sighting.ts';
import { betweenTries, type Removing, released } from './delete-when-unused.ts';

export type ClearingWorld = Pick<World, 'clients' | 'clock' | 'emit'>;

export interface Cleared {
  removed: Resource[];
  kept: { resource: Resource; error: LookError }[];
}

/** Instances of previous generations take minutes to go. Milliseconds. */
const terminationLimit = 20 * 60_000;

/**
 * Remove what builds left behind: instances first, and waited for, since all else hangs on them. What could not
 * be removed is said, never dropped. Security groups and snapshots are tagged before the thing goes that leads to
 * them, so that a run which is killed in between leaves nothing that the next one cannot find.
 *
 * @param release whose they are; undefined of what is no release's: that is not tagged.
 */
export async function clear(
  release: string | undefined,
  leftovers: readonly Resource[],
  world: ClearingWorld,
): Promise<Cleared> {
  const cleared: Cleared = { removed: [], kept: [] };
  const of = (kind: ResourceKind) => leftovers.filter((resource) => resource.kind === kind);
  const note = (resource: Resource, outcome: Look<void>) => {
    if (outcome.ok) {
      cleared.removed.push(resource);
      const { target, ...what } = resource;
      world.emit({ type: 'removed', ...what, ...(target === '' ? {} : { target }) });
    } else {
      cleared.kept.push({ resource, error: outcome.error });
    }
    return outcome.ok;
  };

  for (const resource of release === undefined ? [] : [...of('security group'), ...of('snapshot')]) {
    const tags = { [tagKeys.release]: `${release}`, [tagKeys.target]: resource.target };
    const tagged = await writeTags(world.clients, resource.region, [resource.id], tags);
    if (!tagged.ok && !/NotFound$/.test(tagged.error.code))
      cleared.kept.push({ resource, error: tagged.error });
  }
  if (cleared.kept.length > 0) return cleared;

  const instances = of('instance');
  const terminated = await Promise.all(
    instances.map(async (resource) => note(resource, await terminate(resource, world))),
  );
  if (terminated.includes(false)) return cleared;

  for (const resource of of('key pair'))
    note(resource, await deleteKeyPair(world.clients, resource.region, resource.id));
  for (const resource of of('security group'))
    note(resource, await (release === undefined ? orphaned : released)(resource, deleteSecurityGroup, world));
  for (const resource of of('volume')) note(resource, await released(resource, deleteVolume, world));
  let deregistered = true;
  for (const resource of of('AMI')) {
    deregistered =
      note(resource, await deregisterImage(world.clients, resource.region, resource.id)) && deregistered;
  }
  if (!deregistered) return cleared;
  // Where one turns out not to be left behind, nothing was, and the next look will tell.
  const noteIfGone = (resource: Resource, outcome: Look<boolean>) => {
    if (!outcome.ok) note(resource, outcome);
    else if (outcome.value) note(resource, seen(undefined));
  };
  if (release !== undefined) {
    for (const resource of of('bundle')) noteIfGone(resource, await removeBundle(release, resource, world));
  }
  for (const resource of of('bucket'))
    noteIfGone(resource, await deleteIfEmpty({ name: resource.id, region: resource.region }, world));
  for (const resource of of('snapshot')) {
    if (of('AMI').length > 0) note(resource, await released(resource, deleteSnapshot, world));
    else await removeUnlessInUse(resource, world, note);
  }
  return cleared;
}

async function terminate({ id, region }: Resource, world: ClearingWorld): Promise<Look<void>> {
  const asked = await terminateInstance(world.clients, region, id);
  if (!asked.ok) return asked;
  const look = await poll(
    { clock: world.clock, every: betweenTries, within: terminationLimit },
    () => findInstances(world.clients, region, { ids: [id] }),
    (found) => !found.ok || stateOf(found.value) === 'terminated',
  );
  if (!look.ok) return look;
  if (stateOf(look.value) === 'terminated') return seen(undefined);
  const message = `${id} was still ${stateOf(look.value)} after ${terminationLimit / 60_000} minutes`;
  return unseen({ code: 'Timeout', message, operation: 'ec2:TerminateInstances', region });
}

const stateOf = ([instance]: Instance[]) => instance?.state ?? 'terminated';

/**
 * A snapshot that no AMI seems to have. Where EC2 says that one has it, that AMI is there and was not seen: nothing was
 * left behind, and the next look will tell.
 */
async function removeUnlessInUse(
  resource: Resource,
  { clients }: ClearingWorld,
  note: (resource: Resource, outcome: Look<void>) => void,
): Promise<void> {
  const outcome = await deleteSnapshot(clients, resource.region, resource.id);
  if (outcome.ok || outcome.error.code !== 'InvalidSnapshot.InUse') note(resource, outcome);
}

/** What nothing was attached to a moment ago is in use by something that will not go by waiting. */
const orphaned: Removing = ({ id, region }, remove, { clients }) => remove(clients, region, id);
