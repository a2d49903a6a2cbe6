import { didYouMean } from '../../lib/nearest.ts';
import { type Problem, placeOf } from '../../lib/problem.ts';
import { builtIn } from '../../model/copies.ts';
import type { Rule } from './rule.ts';

/** A base that names ids names one for each region that the image is built in, and for no region but the publication's. */
export const baseIds: Rule = ({ images, regions }) => {
  const names = regions.map(({ name }) => name);
  return images.flatMap(({ base, ...image }, index): Problem[] => {
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
              expected: 'an AMI for each region of the publication',
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
