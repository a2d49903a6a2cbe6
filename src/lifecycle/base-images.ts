import type { Context } from '../aws/context.ts';
import { findImages } from '../aws/images.ts';
import type { Ami } from '../model/ami.ts';
import { yankedBy, yankedWords } from '../model/lifecycle-tags.ts';
import { type Lookup, okLookup } from '../model/lookup.ts';
import { parseBaseTag, tagKeys } from '../model/resource-names.ts';
import type { SeenBase } from './findings.ts';

/**
 * The base images of AMIs, by the id of the AMI. A copy has none in its own region: the base image of its source is in another
 * region. Changes nothing. A base image that EC2 hides (Allowed AMIs) looks the same as one that is gone.
 */
export async function lookUpBasesOf(
  amis: readonly Ami[],
  { clients }: Pick<Context, 'clients'>,
): Promise<Map<string, Lookup<SeenBase>>> {
  const asked = amis.flatMap(({ id, region, copyOf, tags }) => {
    const tag = tags[tagKeys.base] ?? '';
    const base = copyOf === undefined ? parseBaseTag(tag) : undefined;
    return base ? [{ id, region, tag, ...base }] : [];
  });
  const groups = Map.groupBy(asked, ({ region, owner }) => `${region} ${owner}`);
  const each = await Promise.all(
    [...groups.values()].map(async (some) => {
      const [first] = some;
      if (first === undefined) return [];
      const { region, owner } = first;
      const names = [...new Set(some.map(({ name }) => name))];
      const found = await findImages(clients, region, { owner, names });
      return some.map(
        ({ id, tag, name }) =>
          [id, found.ok ? okLookup(seenBase(tag, bestOf(name, found.value))) : found] as const,
      );
    }),
  );
  return new Map(each.flat());
}

/** A usable one among images with the same name. */
function bestOf(name: string, images: readonly Ami[]): Ami | undefined {
  const own = images.filter((image) => image.name === name);
  return own.find(({ state }) => state === 'available') ?? own[0];
}

function seenBase(tag: string, ami: Ami | undefined): SeenBase {
  const yanked = ami && yankedBy(ami.tags);
  return { tag, ...(ami ? { ami } : {}), ...(yanked ? { yanked: yankedWords(yanked) } : {}) };
}
