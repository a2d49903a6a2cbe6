import { type Problem, placeOf } from '../../lib/problem.ts';
import type { Rule } from './rule.ts';

/** Each channel of "notify" has exactly one kind: a webhook, a topic or a command. */
export const notifyChannels: Rule = ({ notify = [] }) =>
  notify.flatMap(({ webhook, sns, command, format }, index): Problem[] => {
    const kinds = Object.entries({ webhook, sns, command }).flatMap(([kind, value]) =>
      value === undefined ? [] : [`"${kind}"`],
    );
    const place = placeOf(['notify', index]);
    if (kinds.length !== 1) {
      const found = kinds.length === 0 ? 'none of them' : kinds.join(' and ');
      return [{ place, expected: 'one of "webhook", "sns" and "command"', found }];
    }
    if (format === 'json' || webhook !== undefined) return [];
    const expected = `"format": "${format}" for a webhook only`;
    return [{ place: placeOf(['notify', index, 'format']), expected, found: `it for ${kinds[0]}` }];
  });
