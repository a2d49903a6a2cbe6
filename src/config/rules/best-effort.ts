import type { Rule } from './rule.ts';

/** What is required holds the rest back until it is right; where nothing is, anything would pass. */
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
