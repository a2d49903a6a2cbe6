import { didYouMean } from '../../lib/nearest.ts';
import { type Problem, placeOf } from '../../lib/problem.ts';
import { builtIn } from '../../model/copies.ts';
import { regionsOfImage } from '../../model/regions-of-image.ts';
import type { Rule } from './rule.ts';

/** A base with ids has one for each region in which the image is built, and none for other regions. */
export const baseIds: Rule = (publication) => {
  return publication.images.flatMap((image, index): Problem[] => {
    const { base } = image;
    const regions = regionsOfImage(publication, image);
    const names = regions.map(({ name }) => name);
    if (!('id' in base)) return [];
    const given = Object.keys(base.id);
    const at = (...path: string[]) => placeOf(['images', index, 'base', 'id', ...path]);
    const needed = builtIn(image, regions).map(({ name }) => name);
    const missing = needed.filter((name) => !given.includes(name));
    const lacking: Problem[] =
      missing.length === 0
        ? []
        : [
            {
              place: at(),
              expected: image.regions
                ? 'an AMI for each region of the image'
                : 'an AMI for each region of the publication',
              found: `none for ${missing.join(', ')}`,
            },
          ];
    const others = given
      .filter((name) => !names.includes(name))
      .map((name): Problem => {
        const advice = didYouMean(name, names) ?? `The regions are ${names.join(', ')}.`;
        const expected = 'a region that is in "regions"';
        return { place: at(name), expected, found: JSON.stringify(name), advice };
      });
    return [...lacking, ...others];
  });
};
