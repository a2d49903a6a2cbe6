import type { Audience, PlanSummary } from '../model/events.ts';
import { count, joinWords } from './text.ts';

export const isNobody = (audience: Audience): boolean => !audience.public && names(audience) === '';

/** `public`, `shared with 210987654321`, `public, and shared with o-a1b2c3d4e5`, `shared with nobody`. Pure. */
export function state(audience: Audience): string {
  const others = names(audience);
  if (audience.public) return others === '' ? 'public' : `public, and shared with ${others}`;
  return `shared with ${others || 'nobody'}`;
}

/** `8 other targets are missing`: why nothing will be shared. Pure. */
export const missingText = (others: number): string =>
  `${count(others, 'other target is', 'other targets are')} missing`;

/**
 * What will be done: `to make public`, `to share with 210987654321`, `shared with nobody`; `shared with nobody yet: 8 other
 * targets are missing`. Pure.
 */
export function intention({ othersMissing, ...audience }: Audience & { othersMissing?: number }): string {
  if (othersMissing !== undefined && !isNobody(audience)) {
    return `shared with nobody yet: ${missingText(othersMissing)}`;
  }
  const others = names(audience);
  if (audience.public)
    return others === '' ? 'to make public' : `to make public, and to share with ${others}`;
  return others === '' ? 'shared with nobody' : `to share with ${others}`;
}

/**
 * `  revokes     access to 6 AMIs from everybody and 210987654321`: launch permissions and createVolumePermissions, a line for
 * each audience. Pure.
 */
export const revokesLines = ({ targets }: Pick<PlanSummary, 'targets'>): string[] =>
  byAudience(targets.map(({ takenFrom }) => takenFrom)).map(
    ([who, amis]) => `  revokes     access to ${amis} from ${who}`,
  );

/** `1 AMI still open to everybody`: those with access in AWS who are not in the config. Pure. */
export const stillOpen = (targets: readonly { stillOpenTo?: Audience }[]): string[] =>
  byAudience(targets.map(({ stillOpenTo }) => stillOpenTo)).map(
    ([who, amis]) => `${amis} still open to ${who}`,
  );

/** Each audience with its number of AMIs: `everybody`, `6 AMIs`. */
function byAudience(audiences: readonly (Audience | undefined)[]): [who: string, amis: string][] {
  const all = audiences.flatMap((audience) => (audience ? [describeAudience(audience)] : []));
  return [...Map.groupBy(all, (who) => who)].map(([who, some]) => [who, count(some.length, 'AMI')]);
}

function describeAudience(audience: Audience): string {
  const others = names(audience);
  return joinWords([...(audience.public ? ['everybody'] : []), ...(others === '' ? [] : [others])]);
}

const namedAtMost = 4;

/** Accounts, organizations and units by id; only their number if they are too many to read. */
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
