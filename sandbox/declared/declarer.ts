import type { AccountRule } from '../model/account-settings.ts';
import type { Store } from '../state/store.ts';

/** An account in a region, and what time it is there. */
export interface Place {
  store: Store;
  account: string;
  region: string;
  now: Date;
}

/** Puts there what a rule declares of one kind, in place of what an earlier rule declared; within a transaction. */
export type Declarer = (place: Place, rule: AccountRule) => void;
