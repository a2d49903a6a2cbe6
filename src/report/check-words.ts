import type { Checks, CheckTrouble, Planned } from '../events.ts';
import { count } from './text.ts';

const order = ['refused', 'unknown', 'warning'] as const;

/** `  checks      40 ok, 1 warning: eu-west-1: …`: how many found what, and the gravest. None where nothing was checked. Pure. */
export function checkLines({ checks }: Pick<Planned, 'checks'>): string[] {
  if (checks === undefined || checks.ok + checks.troubles.length === 0) return [];
  const { ok, troubles } = checks;
  const counts = order.flatMap((is) => {
    const number = troubles.filter((trouble) => trouble.is === is).length;
    return number === 0 ? [] : [is === 'warning' ? count(number, 'warning') : `${number} ${is}`];
  });
  const [gravest] = graveFirst(troubles);
  const first = gravest ? `: ${inOneLine(gravest)}${troubles.length > 1 ? '; …' : ''}` : '';
  return [`  checks      ${[`${ok} ok`, ...counts].join(', ')}${first}`];
}

/** Everything that was found, each with what to do about it. Pure. */
export const troubleLines = ({ troubles }: Checks): string[] =>
  graveFirst(troubles).flatMap((trouble) => [
    `  ${trouble.is}: ${inOneLine(trouble)}`,
    `    ${trouble.todo}`,
  ]);

const inOneLine = ({ region, check, expected, found }: CheckTrouble): string =>
  `${region}: ${check}: expected ${expected}, found ${found}`;

const graveFirst = (troubles: readonly CheckTrouble[]): CheckTrouble[] =>
  order.flatMap((is) => troubles.filter((trouble) => trouble.is === is));
