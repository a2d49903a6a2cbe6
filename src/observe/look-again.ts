import type { Context } from '../aws/context.ts';
import type { Sharing } from '../model/publication.ts';
import type { ReleasePlan, Target } from '../model/release-plan.ts';
import type { Sighting } from '../model/sighting.ts';
import { lookAtAmis } from './look-at-amis.ts';
import { observe } from './observe.ts';
import { statusOf } from './status.ts';

/** An older sighting is not reused: someone may have changed the resources since. Milliseconds. */
const freshFor = 60_000;

/** What a run knows about targets since it last changed them. */
export interface SeenSince {
  /** Sightings that started after the last change to their targets. */
  sightings: readonly Sighting[];
  /** AMIs whose permissions need no lookup, as for `detailsIn`. */
  made: ReadonlySet<string>;
}

/**
 * Looks at targets again. If all targets of a region were seen within the last minute in the state that a successful build
 * leaves, only their AMIs are looked up, and builders and leftovers are not. If the AMIs are not as expected, everything is
 * looked up.
 */
export async function lookAgain(
  plan: ReleasePlan,
  targets: readonly Target[],
  { sightings, made }: SeenSince,
  context: Context,
): Promise<Sighting[]> {
  const now = context.clock.now();
  const known = new Map(
    sightings
      .filter((one) => isAtRest(one) && now - one.asked < freshFor)
      .map((one) => [one.target.name, one]),
  );
  const regions = Map.groupBy(targets, ({ region }) => region);
  const atRest = [...regions.values()].filter((some) => some.every(({ name }) => known.has(name))).flat();
  const others = targets.filter((target) => !atRest.includes(target));
  const [amis, whole] = await Promise.all([
    lookAtAmis(
      plan,
      atRest.flatMap(({ name }) => known.get(name) ?? []),
      context,
      'settled',
      made,
    ),
    observe(plan, others, context, { made }),
  ]);
  const odd = new Set(
    amis.filter((one) => !isAsBuilt(one, plan.sharing, context)).map(({ target }) => target.region),
  );
  const again = await observe(
    plan,
    atRest.filter(({ region }) => odd.has(region)),
    context,
    { made },
  );
  const kept = amis.filter(({ target }) => !odd.has(target.region));
  const all = new Map([...kept, ...whole, ...again].map((one) => [one.target.name, one]));
  return targets.flatMap(({ name }) => all.get(name) ?? []);
}

/** Whether nobody is working on a target, it has exactly one AMI, with its tags, and no leftovers. Pure. */
function isAtRest({ images, builders, leftovers, attempt }: Sighting): boolean {
  if (!images.ok || !builders.ok || !leftovers.ok || attempt?.is === 'working') return false;
  if (builders.value.length > 0 || leftovers.value.length > 0) return false;
  const [first, ...more] = images.value;
  return first !== undefined && more.length === 0 && first.adopt === undefined;
}

/** Whether a target is verified, or only lacks completed snapshots. Pure. */
function isAsBuilt(sighting: Sighting, sharing: Sharing, { clock, timeouts }: Context): boolean {
  const status = statusOf(sighting.target, sighting, sharing, clock.now(), timeouts);
  if (status.is === 'built') return status.adopt === undefined;
  return status.is === 'verified' || status.is === 'shared';
}
