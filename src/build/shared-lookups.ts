import { setImmediate as othersAsk } from 'node:timers/promises';
import type { Context } from '../aws/context.ts';
import type { ReleasePlan, Target } from '../model/release-plan.ts';
import type { Sighting } from '../model/sighting.ts';
import { observe } from '../observe/observe.ts';
import type { SourceAmis } from '../observe/source-amis.ts';

/**
 * How long a target whose build ended well waits for others of its region to share a lookup. Only the end of the run depends on
 * that lookup, except for targets that others are copied from, which do not wait. Milliseconds.
 */
const gatherFor = 60_000;

/** Looks at targets, with one shared lookup per region. */
export interface SharedLookups {
  /**
   * What AWS shows of a target, by requests that all start after this call.
   *
   * @param urgency `later`: may wait for other targets while builds run in its region.
   */
  look(target: Target, urgency: 'now' | 'later'): Promise<Sighting>;
  /** Runs a build. Until it ends, lookups in its region that are not urgent wait. */
  building<T>(target: Target, build: () => Promise<T>): Promise<T>;
}

interface Asking {
  target: Target;
  urgent: boolean;
  answer(sighting: Promise<Sighting>): void;
}

/**
 * Runs one lookup at a time in each region. Callers that arrive in the meantime share the next one. So the number of calls
 * grows with regions and time, not with targets, and no answer is older than its question. A failed lookup is unknown for all
 * its callers.
 *
 * @param sources AMIs that targets are copied from, by target, as far as they are known; more may be added.
 */
export function sharedLookups(
  plan: ReleasePlan,
  context: Context,
  sources: SourceAmis = new Map(),
): SharedLookups {
  const regions = new Map<string, RegionLookups>();
  const regionOf = ({ region }: Target): RegionLookups => {
    const known = regions.get(region) ?? createRegionLookups(plan, context, sources);
    regions.set(region, known);
    return known;
  };
  return {
    look: (target, urgency) => regionOf(target).look(target, urgency === 'now'),
    building: (target, build) => regionOf(target).building(build),
  };
}

interface RegionLookups {
  look(target: Target, urgent: boolean): Promise<Sighting>;
  building<T>(build: () => Promise<T>): Promise<T>;
}

function createRegionLookups(plan: ReleasePlan, context: Context, sources: SourceAmis): RegionLookups {
  let asking: Asking[] = [];
  let isLooking = false;
  let builds = 0;
  let gathering: AbortController | undefined;

  const proceed = () => {
    if (isLooking || asking.length === 0) return;
    const waits = builds > 0 && !context.stop.aborted && asking.every(({ urgent }) => !urgent);
    if (!waits) {
      lookForAll().catch(() => undefined);
      return;
    }
    if (gathering) return;
    gathering = new AbortController();
    const { signal } = gathering;
    const until = AbortSignal.any([signal, context.stop]);
    const look = () => (signal.aborted ? undefined : lookForAll());
    context.clock.sleep(gatherFor, until).then(look, look);
  };

  /** Never rejects: the callers get the error. */
  const lookForAll = async () => {
    if (isLooking) return;
    isLooking = true;
    gathering?.abort();
    gathering = undefined;
    await othersAsk();
    const together = asking;
    asking = [];
    const targets = [...new Map(together.map(({ target }) => [target.name, target])).values()];
    const sightings = observe(plan, targets, context, { details: false, sources });
    for (const { target, answer } of together) answer(sightings.then((all) => sightingOf(target, all)));
    await sightings.catch(() => undefined);
    isLooking = false;
    proceed();
  };

  return {
    look: (target, urgent) =>
      new Promise((answer) => {
        asking.push({ target, urgent, answer });
        proceed();
      }),
    async building(build) {
      builds++;
      try {
        return await build();
      } finally {
        builds--;
        // The caller that awaited the build may ask for a lookup now, and should be part of it.
        othersAsk().then(proceed, proceed);
      }
    },
  };
}

function sightingOf({ name }: Target, all: readonly Sighting[]): Sighting {
  const sighting = all.find(({ target }) => target.name === name);
  if (!sighting) throw new Error(`${name} was not observed`);
  return sighting;
}
