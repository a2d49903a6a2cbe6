import { type AccountRule, type AccountSettings, newAccount } from '../model/account-settings.ts';
import { regionFacts } from '../model/regions.ts';
import type { Store } from './store.ts';

interface Place {
  store: Store;
  account: string;
  region: string;
}

const key = 'now';

/** IAM applies to all regions; an account's IAM settings are read in IAM's own region. */
export const iamHome = 'us-east-1';

/** The settings of an account in a region. */
export const settingsOf = ({ store, account, region }: Place): AccountSettings => {
  const own = store.of('settings', account, region).get(key);
  return own ? { ...newAccount, ...own, quotas: { ...newAccount.quotas, ...own.quotas } } : newAccount;
};

/** Changes some settings of an account in a region, within a transaction. */
export const changeSettings = (place: Place, change: Omit<AccountRule, 'account' | 'region'>): void => {
  const { store, account, region } = place;
  const before = store.of('settings', account, region).get(key);
  store.of('settings', account, region).put(key, {
    ...before,
    ...change,
    ...(change.quotas ? { quotas: { ...before?.quotas, ...change.quotas } } : {}),
  });
};

/** Whether a region is enabled for an account: opt-in regions are off in a new account. */
export const isOn = (store: Store, account: string, region: string): boolean =>
  !regionFacts(region).optIn || settingsOf({ store, account, region }).optedIn;

/** All settings that were set or changed, as rules that set them again: global ones first, then region by region. */
export const changedSettings = (store: Store): AccountRule[] => {
  const stored = store.everywhere('settings');
  const ofAccounts = stored
    .filter(({ region }) => region === iamHome)
    .map(({ account, record }) => ({ account, ...onlyIam(record) }));
  const ofRegions = stored.map(({ account, region, record }) => {
    const { instanceProfiles: _, roles: __, ...own } = record;
    return { account, region, ...own };
  });
  return [...ofAccounts, ...ofRegions].filter(saysSomething);
};

const onlyIam = ({ instanceProfiles, roles }: AccountRule): AccountRule => ({
  ...(instanceProfiles === undefined ? {} : { instanceProfiles }),
  ...(roles === undefined ? {} : { roles }),
});

const saysSomething = ({ account: _, region: __, ...change }: AccountRule): boolean =>
  Object.keys(change).length > 0;
