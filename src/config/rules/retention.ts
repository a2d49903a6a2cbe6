import type { Problem } from '../../lib/problem.ts';
import type { Publication } from '../../model/publication.ts';

/** "retireFor" says when AMIs are deleted, but not which: that needs another key. */
export function retention({ retention: of = {} }: Publication): Problem[] {
  const { retireFor, ...chooses } = of;
  if (retireFor === undefined || Object.keys(chooses).length > 0) return [];
  return [
    {
      place: 'retention',
      expected: '"keepLast" or "olderThan" together with "retireFor", which chooses no AMIs',
      found: '"retireFor" alone',
    },
  ];
}
