import type { Image } from '../model/image.ts';
import type { Json, Publication } from '../model/publication.ts';
import { fillOptions } from './fill-options.ts';
import { optionValues } from './target-values.ts';

/**
 * The builder options of an image in a region. The region's options override the image's, option by option: a region's
 * `tags` replace all of the image's `tags`. Known placeholders are filled in as text; others stay as written.
 */
export function builderOptionsFor(
  publication: Publication,
  image: Image,
  region: string,
): Record<string, Json> {
  const overrides = publication.regions.find(({ name }) => name === region)?.builder ?? {};
  const values = optionValues(publication, image, region);
  return Object.fromEntries(
    Object.entries({ ...image.builder, ...overrides }).map(([key, value]) => [
      key,
      fillOptions(value, values, publication.variables),
    ]),
  );
}
