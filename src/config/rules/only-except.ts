import { placeOf } from '../../lib/problem.ts';
import type { Rule } from './rule.ts';

/** A provisioner has either `only` or `except`; Packer, too, refuses both at once. */
export const onlyOrExcept: Rule = ({ provisioners }) =>
  provisioners.flatMap((provisioner, index) =>
    provisioner.only && provisioner.except
      ? [{ place: placeOf(['provisioners', index]), expected: 'either "only" or "except"', found: 'both' }]
      : [],
  );
