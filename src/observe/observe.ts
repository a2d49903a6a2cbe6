import type { Context } from '../aws/context.ts';
import { findInstances } from '../aws/instances.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { isSameMachine } from '../lib/machine-name.ts';
import { parseAttemptTag } from '../model/attempt-tag.ts';
import type { KnownAttempt } from '../model/builds.ts';
import type { Instance } from '../model/instance.ts';
import { allLookups, type Lookup, okLookup } from '../model/lookup.ts';
import type { ReleasePlan, Target } from '../model/release-plan.ts';
import { builderTags, tagKeys } from '../model/resource-names.ts';
import type { Builder, SeenAttempt, Sighting } from '../model/sighting.ts';
import { isDeadElsewhere } from './active-builder.ts';
import { detailsIn } from './ami-details.ts';
import { awsReasons } from './aws-reason.ts';
import { buildersAmong } from './builders.ts';
import { consistentImages } from './consistent-images.ts';
import { leftBehind, lookUpBuildParts } from './leftovers.ts';
import { lookUpAmis } from './lookup-amis.ts';
import { lookUpSources, type SourceAmis, withSource } from './source-amis.ts';

/**
 * Asks AWS about targets and checks this machine's processes. Regions are queried in parallel; a failed lookup makes only the
 * targets of its own region unknown. `details` also looks up snapshots and permissions. Without it, an AMI is believed to exist
 * after it was seen once, since nothing counts as verified before its details were looked up.
 *
 * @param sources AMIs that targets are copied from and that are already known, by target.
 * @param made AMIs whose permissions are not looked up, as for `detailsIn`.
 */
export async function observe(
  plan: ReleasePlan,
  targets: readonly Target[],
  context: Context,
  {
    details = true,
    sources = new Map(),
    made = new Set(),
  }: { details?: boolean; sources?: SourceAmis; made?: ReadonlySet<string> } = {},
): Promise<Sighting[]> {
  const known = await context.builds.known(targets.map(({ name }) => name));
  const regions = [...new Set(targets.map(({ region }) => region))];
  const copiedFrom = lookUpSources(plan, targets, sources, known, context);
  const sightings = await Promise.all(
    regions.map((region) =>
      observeRegion(
        plan,
        region,
        targets.filter((target) => target.region === region),
        known,
        context,
        details ? made : undefined,
      ),
    ),
  );
  const found = await copiedFrom;
  const all = sightings.flat();
  return targets.flatMap((target) =>
    all.filter((one) => one.target.name === target.name).map((one) => withSource(one, all, found)),
  );
}

async function observeRegion(
  plan: ReleasePlan,
  region: string,
  targets: Target[],
  known: KnownAttempt[],
  context: Context,
  made: ReadonlySet<string> | undefined,
): Promise<Sighting[]> {
  const asked = context.clock.now();
  const looking = {
    instances: findBuilders(plan, region, context),
    images: consistentImages(plan.release, region, targets, known, context, made ? 'settled' : 'seen once'),
  };
  const [images, instances, parts] = await Promise.all([
    looking.images,
    looking.instances,
    lookUpBuildParts(plan, region, targets, known, looking, context),
  ]);
  const amis = images.ok ? [...images.value.values()].flat() : [];
  const completed = parts.ok ? parts.value.completedSnapshots : [];
  const detailsOf = made && (await detailsIn(region, amis, context, completed, made));
  const bundles = parts.ok ? okLookup(parts.value.bundles) : parts;
  const seen = { images, instances, bundles, detailsOf };
  return Promise.all(
    targets.map(async (target): Promise<Sighting> => {
      const own = known.filter((attempt) => attempt.target === target.name);
      const attempt = await lookUpAttempt(target, own, context);
      const lookups = {
        images: await lookUpAmis(plan, target, seen, own, context),
        builders: await lookUpBuilders(target, instances, own, context),
      };
      const seenAll = allLookups({ ...lookups, parts });
      const leftovers = seenAll.ok
        ? okLookup(leftBehind(plan, target, seenAll.value, attempt, seenAll.value.parts))
        : seenAll;
      const reasons = awsReasons(
        target,
        lookups.images.ok ? lookups.images.value : [],
        instances.ok ? instances.value : [],
        parts.ok ? parts.value.brokenSnapshots : [],
      );
      const snapshots = lookups.images.ok ? lookups.images.value.flatMap(({ ami }) => ami.snapshots) : [];
      const bundle = parts.ok ? parts.value.bundles.find((one) => one.target === target.name) : undefined;
      return {
        target,
        asked,
        ...lookups,
        leftovers,
        ...definedOnly({ awsReasons: reasons.length > 0 ? reasons : undefined, attempt, bundle }),
        completed: completed.filter(({ id }) => snapshots.includes(id)),
      };
    }),
  );
}

async function findBuilders(
  plan: ReleasePlan,
  region: string,
  context: Context,
): Promise<Lookup<Instance[]>> {
  const tagged = await findInstances(context.clients, region, { tags: builderTags(plan.release) });
  return tagged.ok ? buildersAmong(tagged.value, region, context) : tagged;
}

async function lookUpBuilders(
  target: Target,
  instances: Lookup<Instance[]>,
  known: readonly KnownAttempt[],
  context: Context,
): Promise<Lookup<Builder[]>> {
  if (!instances.ok) return instances;
  const own = instances.value.filter(
    ({ tags, state }) => tags[tagKeys.target] === target.name && state !== 'terminated',
  );
  return okLookup(
    await Promise.all(
      own.map(async (instance): Promise<Builder> => {
        const host = instance.tags[tagKeys.host] ?? '';
        if (!isSameMachine(host, context.host)) {
          const isDead =
            context.takenOver?.has(instance.id) || (await isDeadElsewhere(instance, known, context));
          return { instance, host, is: isDead ? 'dead' : 'elsewhere' };
        }
        const pid = parseAttemptTag(instance.tags[tagKeys.attempt] ?? '')?.pid;
        if (pid === undefined) return { instance, host, is: 'dead' };
        return { instance, host, pid, is: await isAttemptRunning(pid, target, context) };
      }),
    ),
  );
}

async function lookUpAttempt(
  target: Target,
  own: KnownAttempt[],
  context: Context,
): Promise<SeenAttempt | undefined> {
  const newest = own.toSorted((one, other) => other.number - one.number)[0];
  if (!newest) return undefined;
  const { id, log, pid } = newest;
  if (pid === undefined) return { id, log, is: 'dead' };
  return { id, log, pid, is: await isAttemptRunning(pid, target, context) };
}

const isAttemptRunning = async (pid: number, target: Target, { builds }: Context) =>
  (await builds.alive(pid, target.name)) === 'running' ? 'working' : 'dead';
