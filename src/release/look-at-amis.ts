import type { LimitFunction } from 'p-limit';
import { type Ami, launchPermission } from '../aws/images.ts';
import { findInstances } from '../aws/instances.ts';
import { createVolumePermission, findSnapshots } from '../aws/snapshots.ts';
import { allSeen, type Look, seen } from '../lib/look.ts';
import type { Plan, Target } from '../plan/plan.ts';
import { ownTags, tagKeys } from '../plan/resource-names.ts';
import type { AmiDetails, SeenAmi } from './sighting.ts';
import type { KnownAttempt, World } from './world.ts';

/** The AMIs of a target, those without tags with what shows that they are ours. */
export async function lookAtAmis(
  plan: Plan,
  target: Target,
  images: Look<Map<string, Ami[]>>,
  attempts: KnownAttempt[],
  world: World,
  detailsLimit: LimitFunction | undefined,
): Promise<Look<SeenAmi[]>> {
  if (!images.ok) return images;
  const found: SeenAmi[] = [];
  for (const ami of images.value.get(target.name) ?? []) {
    const adopt = await adoption(plan, target, ami, attempts, world);
    if (!adopt.ok) return adopt;
    const details =
      detailsLimit && ami.state === 'available' ? await lookAtDetails(ami, world, detailsLimit) : undefined;
    found.push({ ami, ...(adopt.value ? { adopt: adopt.value } : {}), ...(details ? { details } : {}) });
  }
  return seen(found);
}

/**
 * Tags that an untagged AMI should have, where an attempt's log names it or the instance that it was made from
 * carries our tags; undefined where it has its tags, or nothing shows that it is ours.
 */
async function adoption(
  plan: Plan,
  target: Target,
  ami: Ami,
  attempts: KnownAttempt[],
  world: World,
): Promise<Look<Record<string, string> | undefined>> {
  if (ami.tags[tagKeys.recipe] !== undefined) return seen(undefined);
  const attempt = attempts.find((one) => one.ami === ami.id && one.tags);
  if (attempt?.tags) return seen(attempt.tags);
  if (!ami.sourceInstance) return seen(undefined);
  const instances = await findInstances(world.clients, ami.region, { ids: [ami.sourceInstance] });
  if (!instances.ok) return instances;
  const tags = instances.value[0]?.tags ?? {};
  if (tags[tagKeys.release] !== plan.release || tags[tagKeys.target] !== target.name) return seen(undefined);
  const kept = Object.keys(ownTags(plan, target)).flatMap((key) =>
    tags[key] === undefined ? [] : [[key, tags[key]]],
  );
  return seen(Object.fromEntries(kept));
}

async function lookAtDetails(ami: Ami, world: World, limit: LimitFunction): Promise<Look<AmiDetails>> {
  const { clients } = world;
  const { region } = ami;
  const snapshots = await limit(() => findSnapshots(clients, region, { ids: ami.snapshots }));
  const launch = await limit(() => launchPermission(clients, region, ami.id));
  const volume: Record<string, Awaited<ReturnType<typeof createVolumePermission>>> = {};
  if (snapshots.ok) {
    for (const { id } of snapshots.value)
      volume[id] = await limit(() => createVolumePermission(clients, region, id));
  }
  const volumes = allSeen(volume);
  const parts = allSeen({ snapshots, launchPermission: launch });
  if (!parts.ok) return parts;
  if (!volumes.ok) return volumes;
  return seen({ ...parts.value, createVolumePermission: volumes.value });
}
