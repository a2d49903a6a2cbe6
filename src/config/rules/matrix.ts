import { placeOf } from '../../lib/problem.ts';
import type { Rule } from './rule.ts';

const taken = ['version', 'region', 'publication', 'image'];

/** A matrix variable does not use the name of a built-in placeholder. */
export const matrixVariables: Rule = ({ images }) =>
  images.flatMap(({ matrix }, index) =>
    Object.keys(matrix)
      .filter((variable) => taken.includes(variable))
      .map((variable) => ({
        place: placeOf(['images', index, 'matrix', variable]),
        expected: `a variable other than ${taken.map((name) => `"${name}"`).join(', ')}`,
        found: `"${variable}"`,
        advice: `{${variable}} already has a meaning.`,
      })),
  );
