import type { Context } from '../aws/context.ts';
import { allLookups, type Lookup, okLookup } from '../model/lookup.ts';
import type { Publication } from '../model/publication.ts';
import type { Leftover } from '../model/resource.ts';
import type { TargetName } from '../plan/target-values.ts';
import {
  asLeftovers,
  choosesAmis,
  decideRegion,
  interruptedOf,
  leftoversOf,
  type RegionRequest,
} from './decide-region.ts';
import { type InterruptedCleanup, lookUpInterrupted } from './interrupted-cleanup.ts';
import { lookUpRegion, type RegionInventory } from './inventory.ts';
import { lookUpLeftovers } from './leftovers.ts';
import { type DecidedRegion, withoutThoseOfAmis } from './plan.ts';

/** Which of the existing targets may be touched; all where undefined. Throws where it chooses none. */
export type Select = (targets: readonly TargetName[]) => ReadonlySet<string> | undefined;

export interface RegionLookupOptions {
  publication: Publication;
  account: string;
  of: RegionRequest;
  /** Releases that are being published, `unknown` where that could not be looked up. */
  atWork: ReadonlySet<string> | 'unknown';
  /** What this run found before, by region. */
  earlier?: ReadonlyMap<string, RegionInventory>;
}

/** What was found in a region. */
export interface RegionFindings {
  inventory: RegionInventory;
  interrupted: InterruptedCleanup;
  leftovers: Leftover[];
}

export interface RegionLookup {
  region: string;
  lookup: Lookup<RegionFindings>;
}

/** All that is to be decided on in a region; where one lookup fails, the whole region is unknown. */
export async function lookUpForCleanup(
  region: string,
  { publication, account, of, atWork, earlier }: RegionLookupOptions,
  context: Context,
): Promise<RegionLookup> {
  const { orphanAge, includingShared } = of.asked;
  const options = { account, orphanAge, includingShared, now: context.clock.now(), atWork };
  const [inventory, interrupted, leftovers] = await Promise.all([
    choosesAmis(of)
      ? lookUpRegion(publication, region, context, earlier?.get(region))
      : okLookup({ region, amis: [] }),
    lookUpInterrupted(publication.name, region, options, context),
    of.asked.leftovers ? lookUpLeftovers(publication.name, region, options, context) : okLookup([]),
  ]);
  return { region, lookup: allLookups({ inventory, interrupted, leftovers }) };
}

/** Pure. */
export const inventoriesOf = (looked: readonly RegionLookup[]): Map<string, RegionInventory> =>
  new Map(looked.flatMap(({ region, lookup }) => (lookup.ok ? [[region, lookup.value.inventory]] : [])));

/** The targets follow from the AMIs that exist: the config may have dropped some since. */
export function withTargets(
  of: RegionRequest,
  select: Select,
  looked: readonly RegionLookup[],
): RegionRequest {
  const targets = select(
    looked.flatMap(({ region, lookup }) => {
      if (!lookup.ok) return [];
      const { inventory, interrupted, leftovers } = lookup.value;
      const names = [
        ...inventory.amis.flatMap(({ origin }) => origin?.target ?? []),
        ...[...interrupted.removals, ...leftovers].flatMap(({ target }) => target ?? []),
      ];
      return names
        .filter((name) => name.startsWith(`${region}-`))
        .map((name) => ({ name, region, image: name.slice(region.length + 1) }));
    }),
  );
  return targets ? { ...of, targets } : of;
}

/** Pure. */
export const decideAll = (looked: readonly RegionLookup[], of: RegionRequest): DecidedRegion[] =>
  looked.map(({ region, lookup }): DecidedRegion => {
    if (!lookup.ok) return { region, lookup };
    const { inventory, interrupted, leftovers } = lookup.value;
    const decisions = decideRegion(inventory, of);
    const left = withoutThoseOfAmis(leftoversOf(leftovers, of), decisions);
    return {
      region,
      lookup: okLookup({
        decisions,
        leftovers: [...asLeftovers(interruptedOf(interrupted, of)), ...left],
      }),
    };
  });
