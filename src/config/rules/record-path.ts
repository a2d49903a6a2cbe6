import { isAbsolute, sep } from 'node:path';
import type { Rule } from './rule.ts';

/** A publication records within its project, and not where records are thrown away. */
export const recordPath: Rule = ({ record }) => {
  if (record === undefined) return [];
  const [first] = record.split(sep);
  const found = isAbsolute(record)
    ? 'an absolute one'
    : first === '..'
      ? 'one that leads out of it'
      : first === '.gopackgo'
        ? 'one in .gopackgo, which may be deleted at any time'
        : undefined;
  if (found === undefined) return [];
  const expected = 'a path within the working folder, such as "ami_ids.json"';
  return [{ place: 'record', expected, found: `${found}: ${JSON.stringify(record)}` }];
};
