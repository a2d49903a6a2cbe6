import { describeValue, type Problem, placeOf } from '../../lib/problem.ts';
import { regionsOfImage } from '../../model/regions-of-image.ts';
import type { Rule } from './rule.ts';

/**
 * `spot_instance_types` means something only with a price: without one Packer launches on demand, with no instance type at
 * all, and EC2 starts an m1.small (read in packer-plugin-amazon 1.8.2, `RunConfig.IsSpotInstance`).
 */
export const spotOptions: Rule = (publication) =>
  publication.images.flatMap((image, index) =>
    regionsOfImage(publication, image).flatMap(({ name, builder }): Problem[] => {
      const { spot_instance_types: types, spot_price: price } = { ...image.builder, ...builder };
      if (types === undefined || !(price === undefined || price === '' || Number(price) === 0)) return [];
      const isRegions = builder.spot_instance_types !== undefined;
      const path = isRegions ? ['regions', name] : ['images', index, 'builder'];
      return [
        {
          place: placeOf([...path, 'spot_instance_types']),
          expected: '"spot_price" as well, such as "auto"',
          found: describeValue(price),
          advice: 'For an instance on demand use "instance_type".',
        },
      ];
    }),
  );
