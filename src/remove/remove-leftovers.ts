import { deleteKeyPair, deleteSecurityGroup, deleteVolume, writeTags } from '../aws/build-resources.ts';
import type { Context } from '../aws/context.ts';
import { deregisterImage } from '../aws/images.ts';
import { findInstances, terminateInstance } from '../aws/instances.ts';
import { deleteSnapshot } from '../aws/snapshots.ts';
import { deleteIfEmpty } from '../instance-store/empty-bucket.ts';
import { removeBundle } from '../instance-store/target-bundles.ts';
import { poll } from '../lib/poll.ts';
import type { Instance } from '../model/instance.ts';
import { failedLookup, type Lookup, type LookupError, okLookup } from '../model/lookup.ts';
import { tagKeys } from '../model/resource-names.ts';
import type { Resource, ResourceKind } from '../model/sighting.ts';
import { betweenTries, deleteWhenUnused, type Removing } from './delete-when-unused.ts';

export type LeftoverContext = Pick<Context, 'clients' | 'clock' | 'emit'>;

export interface RemovedLeftovers {
  removed: Resource[];
  kept: { resource: Resource; error: LookupError }[];
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
export async function removeLeftovers(
  release: string | undefined,
  leftovers: readonly Resource[],
  context: LeftoverContext,
): Promise<RemovedLeftovers> {
  const cleared: RemovedLeftovers = { removed: [], kept: [] };
  const of = (kind: ResourceKind) => leftovers.filter((resource) => resource.kind === kind);
  const note = (resource: Resource, outcome: Lookup<void>) => {
    if (outcome.ok) {
      cleared.removed.push(resource);
      const { target, ...what } = resource;
      context.emit({ type: 'removed', ...what, ...(target === '' ? {} : { target }) });
    } else {
      cleared.kept.push({ resource, error: outcome.error });
    }
    return outcome.ok;
  };

  for (const resource of release === undefined ? [] : [...of('security group'), ...of('snapshot')]) {
    const tags = { [tagKeys.release]: `${release}`, [tagKeys.target]: resource.target };
    const tagged = await writeTags(context.clients, resource.region, [resource.id], tags);
    if (!tagged.ok && !/NotFound$/.test(tagged.error.code))
      cleared.kept.push({ resource, error: tagged.error });
  }
  if (cleared.kept.length > 0) return cleared;

  const instances = of('instance');
  const terminated = await Promise.all(
    instances.map(async (resource) => note(resource, await terminate(resource, context))),
  );
  if (terminated.includes(false)) return cleared;

  for (const resource of of('key pair'))
    note(resource, await deleteKeyPair(context.clients, resource.region, resource.id));
  for (const resource of of('security group'))
    note(
      resource,
      await (release === undefined ? orphaned : deleteWhenUnused)(resource, deleteSecurityGroup, context),
    );
  for (const resource of of('volume'))
    note(resource, await deleteWhenUnused(resource, deleteVolume, context));
  let deregistered = true;
  for (const resource of of('AMI')) {
    deregistered =
      note(resource, await deregisterImage(context.clients, resource.region, resource.id)) && deregistered;
  }
  if (!deregistered) return cleared;
  // Where one turns out not to be left behind, nothing was, and the next look will tell.
  const noteIfGone = (resource: Resource, outcome: Lookup<boolean>) => {
    if (!outcome.ok) note(resource, outcome);
    else if (outcome.value) note(resource, okLookup(undefined));
  };
  if (release !== undefined) {
    for (const resource of of('bundle')) noteIfGone(resource, await removeBundle(release, resource, context));
  }
  for (const resource of of('bucket'))
    noteIfGone(resource, await deleteIfEmpty({ name: resource.id, region: resource.region }, context));
  for (const resource of of('snapshot')) {
    if (of('AMI').length > 0) note(resource, await deleteWhenUnused(resource, deleteSnapshot, context));
    else await removeUnlessInUse(resource, context, note);
  }
  return cleared;
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
 * A snapshot that no AMI seems to have. Where EC2 says that one has it, that AMI is there and was not seen: nothing was
 * left behind, and the next look will tell.
 */
async function removeUnlessInUse(
  resource: Resource,
  { clients }: LeftoverContext,
  note: (resource: Resource, outcome: Lookup<void>) => void,
): Promise<void> {
  const outcome = await deleteSnapshot(clients, resource.region, resource.id);
  if (outcome.ok || outcome.error.code !== 'InvalidSnapshot.InUse') note(resource, outcome);
}

/** What nothing was attached to a moment ago is in use by something that will not go by waiting. */
const orphaned: Removing = ({ id, region }, remove, { clients }) => remove(clients, region, id);
