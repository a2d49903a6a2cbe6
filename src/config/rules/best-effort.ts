import type { Rule } from './rule.ts';

/** Required regions hold the rest back until they are complete; without any, anything would pass. */
export const bestEffort: Rule = ({ regions }) =>
  regions.every((region) => region.bestEffort)
    ? [
        {
          place: 'regions',
          expected: 'at least one region that is required',
          found: '"bestEffort" in all of them',
          advice: 'Remove it from those that have to succeed.',
        },
      ]
    : [];
