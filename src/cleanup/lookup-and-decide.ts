import type { World } from '../aws/context.ts';
import { allSeen, type Look, seen } from '../model/lookup.ts';
import type { Publication } from '../model/publication.ts';
import type { TargetName } from '../plan/target-values.ts';
import {
  type Asked,
  asLeftovers,
  asPlanned,
  choosesAmis,
  decideRegion,
  leftoversOf,
  unfinishedOf,
} from './decide-region.ts';
import { lookAtUnfinished, type Unfinished } from './interrupted-cleanup.ts';
import { lookAtRegion, type RegionInventory } from './inventory.ts';
import type { Leftover } from './leftover.ts';
import { lookAtLeftovers } from './leftovers.ts';
import { type DecidedRegion, withoutThoseOfAmis } from './plan.ts';

/** Which of the targets that there are may be touched; all where undefined. Throws where it chooses none. */
export type Select = (targets: readonly TargetName[]) => ReadonlySet<string> | undefined;

export interface Looking {
  publication: Publication;
  account: string;
  of: Asked;
  /** Releases that somebody is publishing, `unknown` where that could not be looked at. */
  atWork: ReadonlySet<string> | 'unknown';
  /** What this run saw before, by region. */
  earlier?: ReadonlyMap<string, RegionInventory>;
}

/** What was seen of a region. */
export interface Seen {
  inventory: RegionInventory;
  unfinished: Unfinished;
  leftovers: Leftover[];
}

export interface Looked {
  region: string;
  look: Look<Seen>;
}

/** All that is to be decided on in a region; where one look fails, nothing of it is known. */
export async function lookAt(
  region: string,
  { publication, account, of, atWork, earlier }: Looking,
  world: World,
): Promise<Looked> {
  const { orphanAge, includingShared } = of.asked;
  const options = { account, orphanAge, includingShared, now: world.clock.now(), atWork };
  const [inventory, unfinished, leftovers] = await Promise.all([
    choosesAmis(of)
      ? lookAtRegion(publication, region, world, earlier?.get(region))
      : seen({ region, candidates: [] }),
    lookAtUnfinished(publication.name, region, options, world),
    of.asked.leftovers ? lookAtLeftovers(publication.name, region, options, world) : seen([]),
  ]);
  return { region, look: allSeen({ inventory, unfinished, leftovers }) };
}

/** Pure. */
export const inventoriesOf = (looked: readonly Looked[]): Map<string, RegionInventory> =>
  new Map(looked.flatMap(({ region, look }) => (look.ok ? [[region, look.value.inventory]] : [])));

/** The targets are known once it is known which AMIs there are: a config may have lost some since. */
export function withTargets(of: Asked, select: Select, looked: readonly Looked[]): Asked {
  const targets = select(
    looked.flatMap(({ region, look }) => {
      if (!look.ok) return [];
      const { inventory, unfinished, leftovers } = look.value;
      const names = [
        ...inventory.candidates.flatMap(({ belongs }) => belongs?.target ?? []),
        ...[...unfinished.removals, ...leftovers].map((one) => one.target),
      ];
      return names
        .filter((name) => name.startsWith(`${region}-`))
        .map((name) => ({ name, region, image: name.slice(region.length + 1) }));
    }),
  );
  return targets ? { ...of, targets } : of;
}

/** Pure. */
export const decideAll = (looked: readonly Looked[], of: Asked): DecidedRegion[] =>
  looked.map(({ region, look }): DecidedRegion => {
    if (!look.ok) return { region, look };
    const { inventory, unfinished, leftovers } = look.value;
    const decisions = decideRegion(inventory, of);
    const left = withoutThoseOfAmis(leftoversOf(leftovers, of), decisions);
    return {
      region,
      look: seen({
        decisions,
        leftovers: [...asLeftovers(unfinishedOf(unfinished, of)), ...left.map(asPlanned)],
      }),
    };
  });
