import { plainName } from '../schema-parts.ts';
import type { Rule } from './rule.ts';

/** A version is used in tags, folder names and key pair names, with its timestamp. */
export const versionLength: Rule = ({ version }) =>
  new RegExp(plainName).test(version)
    ? []
    : [
        {
          place: 'version',
          expected: 'at most 60 characters once {timestamp} is filled in',
          found: `${version.length}: ${JSON.stringify(version)}`,
        },
      ];
