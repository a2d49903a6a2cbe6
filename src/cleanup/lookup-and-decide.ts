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
import { lookUpAllReferences, type ReferencesIn } from './references.ts';

/** Which of the existing targets may be touched; all if undefined. Throws if it chooses none. */
export type Select = (targets: readonly TargetName[]) => ReadonlySet<string> | undefined;

export interface RegionLookupOptions {
  publication: Publication;
  account: string;
  of: RegionRequest;
  /** Releases that are being published; `unknown` if the lookup failed. */
  atWork: ReadonlySet<string> | 'unknown';
  /** This run's earlier findings, by region. */
  earlier?: ReadonlyMap<string, RegionInventory>;
  /** References to AMIs, as last looked up in all regions. */
  references?: ReferencesIn;
}

/** The findings in a region. */
export interface RegionFindings {
  inventory: RegionInventory;
  interrupted: InterruptedCleanup;
  leftovers: Leftover[];
}

export interface RegionLookup {
  region: string;
  lookup: Lookup<RegionFindings>;
}

/** Everything needed to decide on a region; if one lookup fails, the whole region is unknown. */
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

/** The targets come from the existing AMIs: the config may have dropped some since. */
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

/** References to AMIs in all these regions; nothing is looked up if no AMI can belong to the publication. */
export async function lookUpReferencesTo(
  inventories: ReadonlyMap<string, RegionInventory>,
  regions: readonly string[],
  context: Pick<Context, 'clients'>,
): Promise<ReferencesIn> {
  const ours = new Map([...inventories].map(([region, inventory]) => [region, idsOf(inventory)]));
  if ([...ours.values()].every((ids) => ids.length === 0)) return new Map();
  return lookUpAllReferences(regions, ours, context);
}

/** AMIs that may belong to the publication. Pure. */
export const idsOf = ({ amis }: RegionInventory): string[] =>
  amis.flatMap(({ ami, origin }) => (origin ? ami.id : []));

/** A region is also unknown if the references to its AMIs are unknown. Pure. */
export function decideAll(
  looked: readonly RegionLookup[],
  references: ReferencesIn,
  of: RegionRequest,
): DecidedRegion[] {
  const others = [...references].flatMap(([region, lookup]) =>
    lookup.ok || looked.some((one) => one.region === region) ? [] : [{ region, lookup }],
  );
  const decided = looked.map(({ region, lookup }): DecidedRegion => {
    const named = references.get(region);
    if (!lookup.ok) return { region, lookup };
    if (named && !named.ok) return { region, lookup: named };
    const { inventory, interrupted, leftovers } = lookup.value;
    const decisions = decideRegion(inventory, references, of);
    const left = withoutThoseOfAmis(leftoversOf(leftovers, of), decisions);
    return {
      region,
      lookup: okLookup({
        decisions,
        leftovers: [...asLeftovers(interruptedOf(interrupted, of)), ...left],
      }),
    };
  });
  return [...decided, ...others];
}
