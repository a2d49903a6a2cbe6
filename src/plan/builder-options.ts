import { mapTexts } from '../lib/map-texts.ts';
import type { Image } from '../model/image.ts';
import type { Json, Publication } from '../model/publication.ts';
import { fillAsText } from './fill-as-text.ts';
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
  const filled = (text: string) => fillAsText(text, values);
  return Object.fromEntries(
    Object.entries({ ...image.builder, ...overrides }).map(([key, value]) => [key, mapTexts(value, filled)]),
  );
}
