import { describeValue, type Problem, placeOf } from '../../lib/problem.ts';
import { isExcluded } from '../../model/excluded.ts';
import type { Rule } from './rule.ts';

/** Exclusions match the matrix, and at least one image is left. */
export const exclude: Rule = ({ images }) =>
  images.flatMap(({ matrix, exclude: excluded = [] }, index): Problem[] => {
    const at = (...path: (string | number)[]) => placeOf(['images', index, 'exclude', ...path]);
    const strangers = excluded.flatMap((one, number) =>
      Object.entries(one).flatMap(([variable, value]): Problem[] => {
        const values = Object.hasOwn(matrix, variable) ? matrix[variable] : undefined;
        if (values?.includes(value)) return [];
        const found = values ? describeValue(value) : 'a variable that the matrix does not have';
        const known = values ?? Object.keys(matrix);
        return [
          {
            place: at(number, variable),
            expected: `one of ${known.map((name) => JSON.stringify(name)).join(', ') || 'the variables of "matrix"'}`,
            found,
          },
        ];
      }),
    );
    if (strangers.length > 0 || excluded.length === 0) return strangers;
    const variables = [...new Set(excluded.flatMap((one) => Object.keys(one)))];
    const isLeft = variables
      .reduce<Record<string, string>[]>(
        (all, variable) =>
          all.flatMap((one) => (matrix[variable] ?? []).map((value) => ({ ...one, [variable]: value }))),
        [{}],
      )
      .some((one) => !isExcluded(excluded, one));
    return isLeft ? [] : [{ place: at(), expected: 'at least one remaining image', found: 'none' }];
  });
