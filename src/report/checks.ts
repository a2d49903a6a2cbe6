import { groupRegions } from '../lib/group-regions.ts';
import type { Checks, CheckTrouble } from '../model/events.ts';
import { count } from './text.ts';

type Counted = Pick<Checks, 'ok' | 'troubles'>;

const order = ['refused', 'unknown', 'warning', 'not-checked'] as const;

/** A result in words. Pure. */
export const wordOf = (is: CheckTrouble['is'] | 'ok'): string => is.replace('-', ' ');

/**
 * `  checks      40 ok, 1 warning: eu-west-1: …`: the counts, and the most serious finding. None if nothing was checked. Pure.
 *
 * @param told whether all findings are shown in full elsewhere.
 */
export function checkLines({ checks }: { checks?: Counted }, { told = false } = {}): string[] {
  if (checks === undefined || checks.ok + checks.troubles.length === 0) return [];
  const [worst, ...others] = order.flatMap((is) =>
    groupRegions(checks.troubles.filter((trouble) => trouble.is === is)),
  );
  const first = worst && !told ? `: ${worst.said}${others.length > 0 ? '; …' : ''}` : '';
  return [`  checks      ${counts(checks)}${first}`];
}

/** `40 ok, 1 refused, 2 warnings`. Pure. */
export const counts = ({ ok, troubles }: Counted): string =>
  [
    `${ok} ok`,
    ...order.flatMap((is) => {
      const number = troubles.filter((trouble) => trouble.is === is).length;
      return number === 0 ? [] : [is === 'warning' ? count(number, 'warning') : `${number} ${wordOf(is)}`];
    }),
  ].join(', ');

/** Every finding with its advice, once if it is the same in several regions. Pure. */
export const troubleLines = ({ troubles }: Pick<Checks, 'troubles'>): string[] =>
  order.flatMap((is) =>
    groupRegions(troubles.filter((trouble) => trouble.is === is)).flatMap(({ said, todo }) => [
      `  ${wordOf(is)}: ${said}`,
      `    ${todo}`,
    ]),
  );
