import type { Ami } from '../model/ami.ts';
import { type Lifecycle, supersededAt } from '../model/lifecycle.ts';
import { publicLimit, type WantedState } from './ami-changes.ts';

const day = 24 * 3_600_000;

/**
 * What the config wants of an AMI that is published: its deprecation date and its protection. A date that another release's promotion
 * gave it (`gopackgo:superseded`) counts where it is earlier. Pure.
 */
export function publishedState(
  { deprecateAfter, deregistrationProtection, supersededAfter }: Lifecycle,
  ami: Pick<Ami, 'created' | 'public' | 'tags'>,
): WantedState {
  const since = supersededAt(ami.tags);
  const dates = [
    ...(deprecateAfter === undefined ? [] : [Date.parse(ami.created) + deprecateAfter * day]),
    ...(supersededAfter === undefined || since === undefined ? [] : [since + supersededAfter * day]),
  ];
  const limit = ami.public ? [publicLimit(ami.created)] : [];
  return {
    ...(dates.length === 0 ? {} : { deprecated: new Date(Math.min(...dates, ...limit)).toISOString() }),
    ...(deregistrationProtection === undefined ? {} : { protected: deregistrationProtection }),
  };
}
