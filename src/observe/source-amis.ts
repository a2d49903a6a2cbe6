import type { Context } from '../aws/context.ts';
import type { Ami } from '../model/ami.ts';
import type { KnownAttempt } from '../model/builds.ts';
import { type Lookup, okLookup } from '../model/lookup.ts';
import type { ReleasePlan, Target } from '../model/release-plan.ts';
import type { Sighting } from '../model/sighting.ts';
import { isExistingAmi } from './ami-exists.ts';
import { consistentImages } from './consistent-images.ts';

/** The AMIs that targets are copied from, by the name of the AMI's own target. */
export type SourceAmis = ReadonlyMap<string, Lookup<Ami | undefined>>;

/**
 * Looks up the AMIs that these targets are copied from, except those of targets in the list itself, which are observed anyway.
 *
 * @param known AMIs that need no lookup.
 */
export async function lookUpSources(
  plan: ReleasePlan,
  targets: readonly Target[],
  known: SourceAmis,
  attempts: readonly KnownAttempt[],
  context: Context,
): Promise<SourceAmis> {
  const seen = new Set(targets.map(({ name }) => name));
  const names = new Set(targets.flatMap(({ copy }) => copy?.from ?? []));
  const open = plan.targets.filter(({ name }) => names.has(name) && !seen.has(name) && !known.has(name));
  const byRegion = [...Map.groupBy(open, ({ region }) => region)];
  const found = await Promise.all(
    byRegion.map(async ([region, mine]) => {
      const images = await consistentImages(plan.release, region, mine, attempts, context, 'seen once');
      return mine.map(({ name, amiName }): [string, Lookup<Ami | undefined>] => [
        name,
        images.ok ? okLookup(sourceAmong(images.value.get(name) ?? [], amiName)) : images,
      ]);
    }),
  );
  return new Map([...known, ...found.flat()]);
}

/** The AMI that a target is copied from, by its name, which is unique in EC2. Pure. */
const sourceAmong = (amis: readonly Ami[], amiName: string): Ami | undefined =>
  amis.find((ami) => ami.name === amiName && isExistingAmi(ami));

/** Adds the source AMI to the sighting of a copied target. Pure. */
export function withSource(sighting: Sighting, all: readonly Sighting[], sources: SourceAmis): Sighting {
  const { copy } = sighting.target;
  if (!copy) return sighting;
  const own = all.find(({ target }) => target.name === copy.from);
  const source = sources.get(copy.from) ?? (own && sourceIn(own));
  if (!source) throw new Error(`${sighting.target.name}: ${copy.from} is not in the plan`);
  return { ...sighting, source };
}

const sourceIn = ({ images, target }: Sighting): Lookup<Ami | undefined> =>
  images.ok
    ? okLookup(
        sourceAmong(
          images.value.map(({ ami }) => ami),
          target.amiName,
        ),
      )
    : images;
