import type { Context } from '../aws/context.ts';
import { findInstances } from '../aws/instances.ts';
import { definedOnly } from '../lib/defined-only.ts';
import type { Ami } from '../model/ami.ts';
import type { KnownAttempt } from '../model/builds.ts';
import type { Instance } from '../model/instance.ts';
import { allLookups, type Lookup, okLookup } from '../model/lookup.ts';
import type { ReleasePlan, Target } from '../model/release-plan.ts';
import { ownTags, tagKeys } from '../model/resource-names.ts';
import type { SeenBundle } from '../model/seen-bundle.ts';
import type { SeenAmi } from '../model/sighting.ts';
import type { DetailsOf } from './ami-details.ts';

/** What the lookups in a target's region found. */
interface RegionLookups {
  images: Lookup<Map<string, Ami[]>>;
  /** With this release's tag. */
  instances: Lookup<Instance[]>;
  bundles: Lookup<readonly SeenBundle[]>;
  /** Absent if no details are needed. */
  detailsOf?: DetailsOf | undefined;
}

/** The AMIs of a target. Untagged AMIs come with the evidence that they are ours. */
export async function lookUpAmis(
  plan: ReleasePlan,
  target: Target,
  { images, instances, bundles, detailsOf }: RegionLookups,
  attempts: KnownAttempt[],
  context: Context,
): Promise<Lookup<SeenAmi[]>> {
  if (!images.ok) return images;
  const found: SeenAmi[] = [];
  const bundle = bundles.ok
    ? okLookup(bundles.value.find((one) => one.target === target.name))
    : target.bundle
      ? bundles
      : okLookup(undefined);
  for (const ami of images.value.get(target.name) ?? []) {
    const adopt = target.bundle
      ? adoptionByBundle(plan, target, ami, attempts, { bundle, instances })
      : await adoption(plan, target, ami, attempts, context);
    if (!adopt.ok) return adopt;
    const details = ami.state === 'available' ? await detailsOf?.(ami, target, bundle) : undefined;
    const tags = adopt.value ?? ami.tags;
    found.push({
      ami,
      ...definedOnly({ adopt: adopt.value }),
      ...definedOnly({ belongsTo: ownerOf(tags, plan, target) }),
      ...definedOnly({ details }),
    });
  }
  return okLookup(found);
}

/** The other release or target that the tags name; undefined if they name this one. */
function ownerOf(tags: Record<string, string>, plan: ReleasePlan, target: Target): SeenAmi['belongsTo'] {
  const release = tags[tagKeys.release];
  if (release === plan.release && tags[tagKeys.target] === target.name) return undefined;
  const isSamePublication = release?.startsWith(`${plan.publication}@`);
  return {
    name: `${release} ${tags[tagKeys.target]}`,
    toTellApart: release === plan.release ? '{image}' : isSamePublication ? '{version}' : '{publication}',
  };
}

/**
 * The tags that an untagged AMI should have, if an attempt's log names it or its source instance has our tags; undefined if it
 * is tagged, or nothing proves that it is ours.
 */
async function adoption(
  plan: ReleasePlan,
  target: Target,
  ami: Ami,
  attempts: KnownAttempt[],
  context: Context,
): Promise<Lookup<Record<string, string> | undefined>> {
  if (ami.tags[tagKeys.recipe] !== undefined) return okLookup(undefined);
  const attempt = attempts.find((one) => one.ami === ami.id && one.tags);
  if (attempt?.tags) return okLookup(attempt.tags);
  if (!ami.sourceInstance) return okLookup(undefined);
  const instances = await findInstances(context.clients, ami.region, { ids: [ami.sourceInstance] });
  if (!instances.ok) return instances;
  const tags = instances.value[0]?.tags ?? {};
  if (tags[tagKeys.release] !== plan.release || tags[tagKeys.target] !== target.name)
    return okLookup(undefined);
  return okLookup(tagsToKeep(plan, target, tags));
}

const tagsToKeep = (
  plan: ReleasePlan,
  target: Target,
  tags: Record<string, string>,
): Record<string, string> =>
  Object.fromEntries(
    Object.keys(ownTags(plan, target)).flatMap((key) => (tags[key] === undefined ? [] : [[key, tags[key]]])),
  );

/**
 * The same for an AMI registered from a bundle; EC2 records no source instance for it. The AMI is ours if its location is the
 * target's, in a bucket with this release's tag: bucket names are unique, and nothing else writes to that bucket. Its recipe is
 * that of the builders, if they all agree; EC2 shows builders for about an hour after termination.
 */
function adoptionByBundle(
  plan: ReleasePlan,
  target: Target,
  ami: Ami,
  attempts: KnownAttempt[],
  { bundle, instances }: { bundle: Lookup<SeenBundle | undefined>; instances: Lookup<Instance[]> },
): Lookup<Record<string, string> | undefined> {
  if (ami.tags[tagKeys.recipe] !== undefined) return okLookup(undefined);
  const attempt = attempts.find((one) => one.ami === ami.id && one.tags);
  if (attempt?.tags) return okLookup(attempt.tags);
  const lookups = allLookups({ bundle, instances });
  if (!lookups.ok) return lookups;
  if (!ami.location || lookups.value.bundle?.location !== ami.location) return okLookup(undefined);
  const builders = lookups.value.instances.filter(({ tags }) => tags[tagKeys.target] === target.name);
  const [first, ...others] = builders.map(({ tags }) => tagsToKeep(plan, target, tags));
  const agree = others.every((tags) => tags[tagKeys.recipe] === first?.[tagKeys.recipe]);
  return okLookup(agree ? first : undefined);
}
