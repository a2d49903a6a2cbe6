import pLimit from 'p-limit';
import { findKeyPairs, findLooseVolumes, findSecurityGroups } from '../aws/build-resources.ts';
import { type Ami, findImages, launchPermission } from '../aws/images.ts';
import { findInstances, type Instance } from '../aws/instances.ts';
import { createVolumePermission, findSnapshots } from '../aws/snapshots.ts';
import { allSeen, type Look, seen } from '../lib/look.ts';
import { parseAttemptTag } from '../packer/attempt-tag.ts';
import type { Plan, Target } from '../plan/plan.ts';
import { keyPairName, ownTags, tagKeys } from '../plan/resource-names.ts';
import { settledImages } from './settled-images.ts';
import type {
  AmiDetails,
  Builder,
  Resource,
  ResourceKind,
  SeenAmi,
  SeenAttempt,
  Sighting,
} from './sighting.ts';
import type { KnownAttempt, World } from './world.ts';

/** Calls under way at once in one region while looking at single AMIs and snapshots. */
const looksAtOnce = 8;

/**
 * Ask AWS, and this machine's processes, about targets. Regions are asked side by side; a region that cannot be
 * looked at makes its own targets unknown and no others. `details` also looks at snapshots and permissions.
 */
export async function observe(
  plan: Plan,
  targets: readonly Target[],
  world: World,
  details = true,
): Promise<Sighting[]> {
  const known = await world.builds.known();
  const regions = [...new Set(targets.map(({ region }) => region))];
  const sightings = await Promise.all(
    regions.map((region) =>
      observeRegion(
        plan,
        region,
        targets.filter((target) => target.region === region),
        known,
        world,
        details,
      ),
    ),
  );
  return targets.flatMap((target) =>
    sightings.flat().filter((sighting) => sighting.target.name === target.name),
  );
}

async function observeRegion(
  plan: Plan,
  region: string,
  targets: Target[],
  known: KnownAttempt[],
  world: World,
  details: boolean,
): Promise<Sighting[]> {
  const { clients } = world;
  const attempts = new Map(
    targets.map(({ name }) => [name, known.filter((attempt) => attempt.target === name)]),
  );
  const ofRelease = { [tagKeys.release]: plan.release };
  const [images, instances, keyPairs, volumes, groups, snapshots] = await Promise.all([
    settledImages(plan.release, region, targets, known, world),
    findInstances(clients, region, { tags: ofRelease }),
    findKeyPairs(
      clients,
      region,
      targets.map(({ name }) => keyPairName(plan.release, name)),
    ),
    findLooseVolumes(clients, region, ofRelease),
    findSecurityGroups(clients, region, { tags: ofRelease }),
    findSnapshots(clients, region, { tags: ofRelease }),
  ]);
  const named = await groupsNamedInLogs(region, targets, known, world);
  const loose = await looseSnapshots(region, snapshots, world);
  const limit = pLimit(looksAtOnce);

  return Promise.all(
    targets.map(async (target): Promise<Sighting> => {
      const own = attempts.get(target.name) ?? [];
      const builders = await lookAtBuilders(target, instances, world);
      const attempt = await lookAtAttempt(target, own, world);
      const seenAmis = await lookAtAmis(plan, target, images, own, world, details ? limit : undefined);
      const parts = allSeen({ images: seenAmis, builders, keyPairs, volumes, groups, named, loose });
      const leftovers = parts.ok ? seen(leftBehind(plan, target, { ...parts.value, attempt })) : parts;
      return { target, images: seenAmis, builders, leftovers, ...(attempt ? { attempt } : {}) };
    }),
  );
}

async function lookAtBuilders(
  target: Target,
  instances: Look<Instance[]>,
  world: World,
): Promise<Look<Builder[]>> {
  if (!instances.ok) return instances;
  const own = instances.value.filter(
    ({ tags, state }) => tags[tagKeys.target] === target.name && state !== 'terminated',
  );
  return seen(
    await Promise.all(
      own.map(async (instance): Promise<Builder> => {
        const host = instance.tags[tagKeys.host] ?? '';
        if (host !== world.host) return { instance, host, is: 'elsewhere' };
        const pid = parseAttemptTag(instance.tags[tagKeys.attempt] ?? '')?.pid;
        if (pid === undefined) return { instance, host, is: 'dead' };
        const is = (await world.builds.alive(pid, target.name)) === 'running' ? 'working' : 'dead';
        return { instance, host, pid, is };
      }),
    ),
  );
}

async function lookAtAttempt(
  target: Target,
  own: KnownAttempt[],
  world: World,
): Promise<SeenAttempt | undefined> {
  const newest = own.toSorted((one, other) => other.number - one.number)[0];
  if (!newest) return undefined;
  const { id, log, pid } = newest;
  if (pid === undefined) return { id, log, is: 'dead' };
  const is = (await world.builds.alive(pid, target.name)) === 'running' ? 'working' : 'dead';
  return { id, log, pid, is };
}

/** The AMIs of a target, those without tags with what shows that they are ours. */
async function lookAtAmis(
  plan: Plan,
  target: Target,
  images: Look<Map<string, Ami[]>>,
  attempts: KnownAttempt[],
  world: World,
  detailsLimit: ReturnType<typeof pLimit> | undefined,
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

async function lookAtDetails(
  ami: Ami,
  world: World,
  limit: ReturnType<typeof pLimit>,
): Promise<Look<AmiDetails>> {
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

/** Packer's own security group is named in its log; Packer 1.6.6 gives it no tag. */
async function groupsNamedInLogs(region: string, targets: Target[], known: KnownAttempt[], world: World) {
  const inLogs = known.filter(({ target }) => targets.some(({ name }) => name === target));
  const names = inLogs.flatMap(({ securityGroup, target }) =>
    securityGroup ? [{ name: securityGroup, target }] : [],
  );
  if (names.length === 0) return seen([]);
  const groups = await findSecurityGroups(world.clients, region, { names: names.map(({ name }) => name) });
  if (!groups.ok) return groups;
  return seen(
    groups.value.flatMap((group) => {
      const from = names.find(({ name }) => name === group.name);
      return from ? [{ ...group, tags: { ...group.tags, [tagKeys.target]: from.target } }] : [];
    }),
  );
}

/** Snapshots with our tags that no AMI of this account has in its block device mapping. */
async function looseSnapshots(
  region: string,
  snapshots: Awaited<ReturnType<typeof findSnapshots>>,
  world: World,
) {
  if (!snapshots.ok || snapshots.value.length === 0) return snapshots;
  const users = await findImages(world.clients, region, {
    owner: 'self',
    snapshots: snapshots.value.map(({ id }) => id),
  });
  if (!users.ok) return users;
  const used = new Set(users.value.flatMap((ami) => ami.snapshots));
  return seen(snapshots.value.filter(({ id }) => !used.has(id)));
}

interface Parts {
  images: SeenAmi[];
  builders: Builder[];
  keyPairs: { id: string; name: string }[];
  volumes: { id: string; tags: Record<string, string> }[];
  groups: { id: string; tags: Record<string, string> }[];
  named: { id: string; tags: Record<string, string> }[];
  loose: { id: string; tags: Record<string, string> }[];
  attempt: SeenAttempt | undefined;
}

/** Security groups that Packer makes are named so; any other group of a builder is the user's own. */
const packerGroup = /^packer_/;

/** What builds of a target left, and may be removed: nothing while anybody may be at work on it. */
function leftBehind(plan: Plan, target: Target, parts: Parts): Resource[] {
  const { builders, attempt } = parts;
  if (attempt?.is === 'working' || builders.some(({ is }) => is !== 'dead')) return [];
  const ofTarget = ({ tags }: { tags: Record<string, string> }) => tags[tagKeys.target] === target.name;
  const failed = parts.images.filter(({ ami, adopt }) => {
    const ours = adopt ?? ami.tags;
    return ['failed', 'error'].includes(ami.state) && ours[tagKeys.target] === target.name;
  });
  const groups = builders.flatMap(({ instance }) =>
    instance.securityGroups.filter(({ name }) => packerGroup.test(name)),
  );
  const ids: [ResourceKind, string[]][] = [
    ['instance', builders.map(({ instance }) => instance.id)],
    [
      'security group',
      [...groups, ...parts.groups.filter(ofTarget), ...parts.named.filter(ofTarget)].map(({ id }) => id),
    ],
    [
      'key pair',
      parts.keyPairs.map(({ id }) => id).filter((id) => id === keyPairName(plan.release, target.name)),
    ],
    ['volume', parts.volumes.filter(ofTarget).map(({ id }) => id)],
    ['AMI', failed.map(({ ami }) => ami.id)],
    [
      'snapshot',
      [...failed.flatMap(({ ami }) => ami.snapshots), ...parts.loose.filter(ofTarget).map(({ id }) => id)],
    ],
  ];
  return ids.flatMap(([kind, all]) =>
    [...new Set(all)].map((id): Resource => ({ kind, id, region: target.region, target: target.name })),
  );
}
