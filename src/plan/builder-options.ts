import { fillAll } from '../lib/placeholders.ts';
import type { Image } from '../model/image.ts';
import type { Json, Publication } from '../model/publication.ts';
import { optionValues } from './target-values.ts';

/**
 * The builder options of an image in a region. What the region sets takes the place of what the image sets, option by
 * option: a region's `tags` replace the image's `tags` whole. Known placeholders are filled in; the others stand.
 */
export function builderOptionsFor(
  publication: Publication,
  image: Image,
  region: string,
): Record<string, Json> {
  const overrides = publication.regions.find(({ name }) => name === region)?.builder ?? {};
  const values = optionValues(publication, image, region);
  return Object.fromEntries(
    Object.entries({ ...image.builder, ...overrides }).map(([key, value]) => [key, fillAll(value, values)]),
  );
}
