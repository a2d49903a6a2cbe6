import { day } from '../lib/days.ts';
import type { Ami } from '../model/ami.ts';
import type { Lifecycle } from '../model/lifecycle.ts';
import { supersededAt } from '../model/lifecycle-tags.ts';
import { publicLimit, type WantedState } from './ami-changes.ts';

/** The deprecation date and protection that the config wants for a published AMI. Pure. */
export const publishedState = (lifecycle: Lifecycle, ami: Dated): WantedState => ({
  ...deprecationState(lifecycle, ami),
  ...(lifecycle.deregistrationProtection === undefined
    ? {}
    : { protected: lifecycle.deregistrationProtection }),
});

type Dated = Pick<Ami, 'created' | 'public' | 'tags'>;

/** Its deprecation date. A date from another release's promotion (`gopackgo:superseded`) counts if it is earlier. Pure. */
export function deprecationState(
  { deprecateAfter, supersededAfter }: Lifecycle,
  ami: Dated,
): Pick<WantedState, 'deprecated'> {
  const since = supersededAt(ami.tags);
  const dates = [
    ...(deprecateAfter === undefined ? [] : [Date.parse(ami.created) + deprecateAfter * day]),
    ...(supersededAfter === undefined || since === undefined ? [] : [since + supersededAfter * day]),
  ];
  const limit = ami.public ? [publicLimit(ami.created)] : [];
  return dates.length === 0 ? {} : { deprecated: new Date(Math.min(...dates, ...limit)).toISOString() };
}
