import type { AccountRule } from '../model/account-settings.ts';
import type { Store } from '../state/store.ts';

/** An account in a region, and the current time there. */
export interface Place {
  store: Store;
  account: string;
  region: string;
  now: Date;
}

/** Creates the resources of one kind that a rule declares, replacing those of an earlier rule; runs within a transaction. */
export type Declarer = (place: Place, rule: AccountRule) => void;
