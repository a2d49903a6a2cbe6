import pLimit from 'p-limit';
import type { World } from '../aws/context.ts';
import { findInstances } from '../aws/instances.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { parseAttemptTag } from '../model/attempt-tag.ts';
import type { KnownAttempt } from '../model/builds.ts';
import type { Instance } from '../model/instance.ts';
import { allSeen, type Look, seen } from '../model/lookup.ts';
import type { Plan, Target } from '../model/release-plan.ts';
import { builderTags, tagKeys } from '../model/resource-names.ts';
import type { Builder, SeenAttempt, Sighting } from '../model/sighting.ts';
import { awsReasons } from './aws-reason.ts';
import { buildersAmong } from './builders.ts';
import { settledImages } from './consistent-images.ts';
import { leftBehind, lookAtBuildParts } from './leftovers.ts';
import { lookAtAmis } from './lookup-amis.ts';

/** Calls under way at once in one region while looking at single AMIs and snapshots. */
const looksAtOnce = 8;

/**
 * Ask AWS, and this machine's processes, about targets. Regions are asked side by side; a region that cannot be
 * looked at makes its own targets unknown and no others. `details` also looks at snapshots and permissions; without
 * them an AMI is believed to be there when it was seen once, since nothing counts as verified before it was looked at in detail.
 */
export async function observe(
  plan: Plan,
  targets: readonly Target[],
  world: World,
  details = true,
): Promise<Sighting[]> {
  const known = await world.builds.known(targets.map(({ name }) => name));
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
  const looking = findBuilders(plan, region, world);
  const [images, instances, parts] = await Promise.all([
    settledImages(plan.release, region, targets, known, world, details ? 'settled' : 'seen once'),
    looking,
    lookAtBuildParts(plan, region, targets, known, looking, world),
  ]);
  const limit = details ? pLimit(looksAtOnce) : undefined;
  return Promise.all(
    targets.map(async (target): Promise<Sighting> => {
      const own = known.filter((attempt) => attempt.target === target.name);
      const attempt = await lookAtAttempt(target, own, world);
      const looks = {
        images: await lookAtAmis(plan, target, { images, instances, parts }, own, world, limit),
        builders: await lookAtBuilders(target, instances, world),
      };
      const seenAll = allSeen({ ...looks, parts });
      const leftovers = seenAll.ok
        ? seen(leftBehind(plan, target, seenAll.value, attempt, seenAll.value.parts))
        : seenAll;
      const reasons = awsReasons(
        target,
        looks.images.ok ? looks.images.value : [],
        instances.ok ? instances.value : [],
        parts.ok ? parts.value.brokenSnapshots : [],
      );
      return {
        target,
        ...looks,
        leftovers,
        ...definedOnly({ awsReasons: reasons.length > 0 ? reasons : undefined, attempt }),
      };
    }),
  );
}

async function findBuilders(plan: Plan, region: string, world: World): Promise<Look<Instance[]>> {
  const tagged = await findInstances(world.clients, region, { tags: builderTags(plan.release) });
  return tagged.ok ? buildersAmong(tagged.value, region, world) : tagged;
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
        if (host !== world.host) {
          return { instance, host, is: world.takenOver?.has(instance.id) ? 'dead' : 'elsewhere' };
        }
        const pid = parseAttemptTag(instance.tags[tagKeys.attempt] ?? '')?.pid;
        if (pid === undefined) return { instance, host, is: 'dead' };
        return { instance, host, pid, is: await atWork(pid, target, world) };
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
  return { id, log, pid, is: await atWork(pid, target, world) };
}

const atWork = async (pid: number, target: Target, { builds }: World) =>
  (await builds.alive(pid, target.name)) === 'running' ? 'working' : 'dead';
