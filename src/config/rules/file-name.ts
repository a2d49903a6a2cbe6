import type { Problem } from '../../lib/problem.ts';
import { plainName } from '../schema-parts.ts';
import type { Rule } from './rule.ts';

/** A publication has the name of its file, which is used in tags, folder names and key pair names. */
export const fileName: Rule = ({ name }): Problem[] =>
  new RegExp(plainName).test(name)
    ? []
    : [
        {
          place: '',
          expected: 'a file name of at most 60 letters, digits, ".", "-" and "_", a letter or digit first',
          found: JSON.stringify(name),
          advice: 'Rename the file: the publication is named after it.',
        },
      ];
