import type { CleanupPlan, PlannedAmi } from '../model/events.ts';
import { count, joinWords } from './text.ts';

/** How much a plan would delete. */
export interface Amounts {
  amis: number;
  snapshots: number;
  bundles: number;
  buckets?: number;
  leftovers: number;
  /** AMIs that are made private and disabled. */
  retired: number;
  /** AMIs of which only the protection is turned off. */
  unprotected: number;
}

export function amountsOf({ amis, leftovers }: Pick<CleanupPlan, 'amis' | 'leftovers'>): Amounts {
  const going = amis.filter(({ verdict }) => verdict === 'delete');
  const distinct = (ids: (one: PlannedAmi) => string[]) =>
    new Set(going.flatMap((one) => ids(one).map((id) => `${one.region} ${id}`))).size;
  return {
    amis: going.length,
    snapshots: distinct(({ snapshots }) => snapshots),
    bundles: distinct(({ bundle }) => (bundle === undefined ? [] : [bundle])),
    leftovers: leftovers.length,
    retired: amis.filter(({ verdict }) => verdict === 'retire').length,
    unprotected: amis.filter(({ verdict }) => verdict === 'unprotect').length,
  };
}

/** `12 AMIs, 24 snapshots and 3 bundles`; `nothing`. */
export function amountsInWords({
  amis,
  snapshots,
  bundles,
  buckets = 0,
  leftovers,
}: Omit<Amounts, 'retired' | 'unprotected'>): string {
  const all = [
    count(amis, 'AMI'),
    snapshots > 0 ? count(snapshots, 'snapshot') : '',
    bundles > 0 ? count(bundles, 'bundle') : '',
    buckets > 0 ? count(buckets, 'bucket') : '',
    leftovers > 0 ? count(leftovers, 'leftover') : '',
  ].filter((text) => text !== '' && text !== '0 AMIs');
  return all.length === 0 ? 'nothing' : joinWords(all);
}

/** `delete 2 AMIs and 2 snapshots, and turn off the protection of 1 AMI`. */
export function intentInWords(amounts: Amounts): string {
  const deleted = amountsInWords(amounts);
  const all = [
    deleted === 'nothing' ? '' : `delete ${deleted}`,
    amounts.retired > 0 ? `retire ${count(amounts.retired, 'AMI')}` : '',
    amounts.unprotected > 0 ? `turn off the protection of ${count(amounts.unprotected, 'AMI')}` : '',
  ];
  return all.filter((text) => text !== '').join(', and ');
}

/** The id of the first, and the number of others. */
export const withOthers = ([first, ...others]: readonly { id: string }[]): string =>
  `${first?.id ?? ''}${others.length === 0 ? '' : ` and ${count(others.length, 'other')}`}`;

/** The number to type for confirmation: of AMIs, or of leftovers if no AMI is changed. */
export const numberToType = ({ amis, retired, unprotected, leftovers }: Amounts): number =>
  amis + retired + unprotected || leftovers;
