import type { Ubuntu } from '../model/contract.ts';
import { publishedIn } from '../model/published-images.ts';
import { regionNames } from '../model/regions.ts';
import type { Store } from '../state/store.ts';

const mostGenerations = 100;

/**
 * The Ubuntu release that an image was built from, traced through instances and copies to a Canonical image in any region.
 * Undefined for an image that was registered from snapshots, or whose chain is unrealistically long.
 */
export const ubuntuOf = (store: Store, imageId: string): Ubuntu | undefined => {
  const sources = new Map(store.everywhere('image').map(({ record }) => [record.id, record.sourceImage]));
  let id = imageId;
  for (let generation = 0; generation < mostGenerations; generation += 1) {
    const source = sources.get(id);
    if (source === undefined) return publishedUbuntu(id);
    id = source;
  }
  return undefined;
};

const publishedUbuntu = (id: string): Ubuntu | undefined => {
  for (const region of regionNames) {
    const found = publishedIn(region).find(({ image }) => image.id === id);
    if (found) return found.ubuntu;
  }
  return undefined;
};
