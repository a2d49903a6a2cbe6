import { describeValue, type Problem, placeOf } from '../../lib/problem.ts';
import { builtIn } from '../../model/copies.ts';
import type { Rule } from './rule.ts';

/** What Packer cannot build without: one of each row. `bases`: many base images tell it, once they are found. */
const needed = [
  { options: ['instance_type', 'spot_instance_types'], expected: 'an instance type, such as "m5.large"' },
  {
    options: ['ssh_username'],
    expected: 'the user to log in to the base image as, such as "ec2-user"',
    bases: true,
  },
];

/** Each image has, in each region that it is built in, the builder options that Packer needs and nobody else can know. */
export const neededOptions: Rule = ({ images, regions }) =>
  images.flatMap((image, index) =>
    needed.flatMap(({ options, expected, bases }): Problem[] => {
      const given = ({ builder }: (typeof regions)[number]) => {
        const all = { ...image.builder, ...builder };
        return options.map((option) => all[option]).find((value) => value !== undefined);
      };
      const builds = builtIn(image, regions);
      const lacking = builds.filter((region) => {
        const value = given(region);
        return value === undefined ? !bases : !isText(value);
      });
      const [first] = lacking;
      if (!first) return [];
      const where = lacking.length < builds.length ? ` in ${lacking.map(({ name }) => name).join(', ')}` : '';
      const place = placeOf(['images', index, 'builder', options[0] ?? '']);
      return [{ place, expected, found: `${describeValue(given(first))}${where}` }];
    }),
  );

const isText = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.length > 0 && value.every(isText)
    : typeof value === 'string' && value.trim() !== '';
