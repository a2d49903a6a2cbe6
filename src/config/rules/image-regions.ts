import { didYouMean } from '../../lib/nearest.ts';
import { type Problem, placeOf } from '../../lib/problem.ts';
import { regionsOfImage } from '../../model/regions-of-image.ts';
import type { Rule } from './rule.ts';

/** An image names regions of the publication, and every region has an image. */
export const imageRegions: Rule = (publication) => {
  const names = publication.regions.map(({ name }) => name);
  const unknown = publication.images.flatMap((image, index) =>
    (image.regions ?? []).flatMap((name, at): Problem[] => {
      if (names.includes(name)) return [];
      const advice = didYouMean(name, names) ?? `The regions are ${names.join(', ')}.`;
      const place = placeOf(['images', index, 'regions', at]);
      return [{ place, expected: 'a region that is in "regions"', found: JSON.stringify(name), advice }];
    }),
  );
  const used = new Set(
    publication.images.flatMap((image) => regionsOfImage(publication, image).map(({ name }) => name)),
  );
  const without = names.filter((name) => !used.has(name));
  if (without.length === 0) return unknown;
  const found = `none for ${without.join(', ')}`;
  return [...unknown, { place: 'images', expected: 'an image for each region of "regions"', found }];
};
