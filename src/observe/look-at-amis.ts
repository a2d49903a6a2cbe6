import type { Context } from '../aws/context.ts';
import { okLookup } from '../model/lookup.ts';
import type { ReleasePlan } from '../model/release-plan.ts';
import type { Sighting } from '../model/sighting.ts';
import { detailsIn } from './ami-details.ts';
import { consistentImages } from './consistent-images.ts';
import { lookUpAmis } from './lookup-amis.ts';
import { withSource } from './source-amis.ts';

/**
 * Targets with their AMIs, snapshots and permissions looked up again. Builders, bundles and leftovers come from the earlier
 * sightings, so this is only for targets that nobody builds or cleans up in the meantime.
 *
 * @param presence as for `consistentImages`.
 * @param made as for `detailsIn`.
 */
export async function lookAtAmis(
  plan: ReleasePlan,
  before: readonly Sighting[],
  context: Context,
  presence: 'settled' | 'seen once',
  made: ReadonlySet<string> = new Set(),
): Promise<Sighting[]> {
  const regions = Map.groupBy(before, ({ target }) => target.region);
  const looked = await Promise.all(
    [...regions].map(([region, some]) => lookAtRegion(plan, region, some, context, presence, made)),
  );
  const all = looked.flat();
  return all.map((sighting) => {
    const isSeen = all.some(({ target }) => target.name === sighting.target.copy?.from);
    return isSeen ? withSource(sighting, all, new Map()) : sighting;
  });
}

async function lookAtRegion(
  plan: ReleasePlan,
  region: string,
  before: readonly Sighting[],
  context: Context,
  presence: 'settled' | 'seen once',
  made: ReadonlySet<string>,
): Promise<Sighting[]> {
  const targets = before.map(({ target }) => target);
  const images = await consistentImages(plan.release, region, targets, [], context, presence);
  const amis = images.ok ? [...images.value.values()].flat() : [];
  const completed = before.flatMap((sighting) => sighting.completed ?? []);
  const detailsOf = await detailsIn(region, amis, context, completed, made);
  return Promise.all(
    before.map(async (sighting) => {
      const bundles = okLookup(sighting.bundle ? [sighting.bundle] : []);
      const seen = { images, instances: okLookup([]), bundles, detailsOf };
      return { ...sighting, images: await lookUpAmis(plan, sighting.target, seen, [], context) };
    }),
  );
}
