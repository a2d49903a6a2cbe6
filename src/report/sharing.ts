import type { Audience, PlanSummary } from '../model/events.ts';
import { count, joinWords } from './text.ts';

export const isNobody = (audience: Audience): boolean => !audience.public && names(audience) === '';

/** `public`, `shared with 210987654321`, `public, and shared with o-a1b2c3d4e5`, `shared with nobody`. Pure. */
export function state(audience: Audience): string {
  const others = names(audience);
  if (audience.public) return others === '' ? 'public' : `public, and shared with ${others}`;
  return `shared with ${others || 'nobody'}`;
}

/** What is to be done: `to make public`, `to share with 210987654321`, `shared with nobody`. Pure. */
export function intention(audience: Audience): string {
  const others = names(audience);
  if (audience.public)
    return others === '' ? 'to make public' : `to make public, and to share with ${others}`;
  return others === '' ? 'shared with nobody' : `to share with ${others}`;
}

/** `  takes away  6 AMIs from everybody and 210987654321`: those who may use them now, a line for each group of AMIs. Pure. */
export const takesAwayLines = ({ targets }: Pick<PlanSummary, 'targets'>): string[] =>
  byAudience(targets.map(({ takenFrom }) => takenFrom)).map(
    ([who, amis]) => `  takes away  ${amis} from ${who}`,
  );

/** `1 AMI is still open to everybody`: whoever the config does not name, and AWS does. Pure. */
export const stillOpen = (targets: readonly { stillOpenTo?: Audience }[]): string[] =>
  byAudience(targets.map(({ stillOpenTo }) => stillOpenTo)).map(
    ([who, amis]) => `${amis} still open to ${who}`,
  );

/** Who, and how many AMIs of theirs: `everybody`, `6 AMIs`. */
function byAudience(audiences: readonly (Audience | undefined)[]): [who: string, amis: string][] {
  const all = audiences.flatMap((audience) => (audience ? [whoseAre(audience)] : []));
  return [...Map.groupBy(all, (who) => who)].map(([who, some]) => [who, count(some.length, 'AMI')]);
}

function whoseAre(audience: Audience): string {
  const others = names(audience);
  return joinWords([...(audience.public ? ['everybody'] : []), ...(others === '' ? [] : [others])]);
}

const namedAtMost = 4;

/** Accounts, organizations and units by their ids; how many, where they are too many to read. */
export function names({ accounts, organizations }: Audience): string {
  const all = [...accounts, ...organizations.map((arn) => arn.slice(arn.lastIndexOf('/') + 1))];
  if (all.length <= namedAtMost) return all.join(', ');
  const parts = [
    ...(accounts.length > 0 ? [count(accounts.length, 'account')] : []),
    ...(organizations.length > 0
      ? [count(organizations.length, 'organization or unit', 'organizations and units')]
      : []),
  ];
  return parts.join(' and ');
}
