import type { Publication } from '../config/publication.ts';
import { allSeen, type Look, seen } from '../lib/look.ts';
import type { TargetName } from '../plan/target-values.ts';
import type { World } from '../release/world.ts';
import { type Asked, asLeftovers, choosesAmis, decideRegion, unfinishedOf } from './decide-region.ts';
import { lookAtRegion, type RegionInventory } from './inventory.ts';
import type { DecidedRegion } from './plan.ts';
import { lookAtUnfinished, type Unfinished } from './unfinished.ts';

/** Which of the targets that there are may be touched; all where undefined. Throws where it chooses none. */
export type Select = (targets: readonly TargetName[]) => ReadonlySet<string> | undefined;

export interface Looked {
  region: string;
  look: Look<{ inventory: RegionInventory; unfinished: Unfinished }>;
}

/** All that is to be decided on in a region; where one look fails, nothing of it is known. */
export async function lookAt(
  region: string,
  publication: Publication,
  of: Asked,
  account: string,
  world: World,
): Promise<Looked> {
  const [inventory, unfinished] = await Promise.all([
    choosesAmis(of) ? lookAtRegion(publication, region, world) : seen({ region, candidates: [] }),
    lookAtUnfinished(publication.name, region, account, world),
  ]);
  return { region, look: allSeen({ inventory, unfinished }) };
}

/** The targets are known once it is known which AMIs there are: a config may have lost some since. */
export function withTargets(of: Asked, select: Select, looked: readonly Looked[]): Asked {
  const all = looked.flatMap(({ look }) => (look.ok ? look.value.inventory.candidates : []));
  const targets = select(
    all.flatMap(({ belongs, ami: { region } }) =>
      belongs ? [{ name: belongs.target, region, image: belongs.image }] : [],
    ),
  );
  return targets ? { ...of, targets } : of;
}

/** Pure. */
export const decideAll = (looked: readonly Looked[], of: Asked): DecidedRegion[] =>
  looked.map(({ region, look }) => {
    if (!look.ok) return { region, look };
    const { inventory, unfinished } = look.value;
    const left = unfinishedOf(seen(unfinished), of);
    return {
      region,
      look: seen({
        decisions: decideRegion(inventory, of),
        leftovers: left.ok ? asLeftovers(left.value) : [],
      }),
    };
  });
