import type { AccountRule } from '../model/account-settings.ts';
import { accounts } from '../model/accounts.ts';
import { regionNames } from '../model/regions.ts';
import { ruleProblems } from '../model/settings/account-rule.ts';
import type { Store } from '../state/store.ts';
import { changeSettings } from '../state/stored-settings.ts';
import { declareImages } from './declare-images.ts';
import { declareKeyPairs } from './declare-key-pairs.ts';
import { declareParameters } from './declare-parameters.ts';
import type { Declarer } from './declarer.ts';

/** Declarations that become records of their own instead of settings, one kind per file. */
const declarers: readonly Declarer[] = [declareImages, declareKeyPairs, declareParameters];

/**
 * Sets up accounts according to rules, in one transaction: their settings, and the resources that the rules declare. Throws for
 * an unknown account or region, and for a rule that contradicts itself.
 */
export const applyRules = (store: Store, rules: readonly AccountRule[], now: Date): void => {
  for (const rule of rules) {
    const { account, region } = rule;
    for (const { place, expected, found, advice = '' } of ruleProblems(rule)) {
      throw new Error(`accounts: ${place}: expected ${expected}, found ${found}. ${advice}`);
    }
    if (account !== undefined && !accounts.some(({ id }) => id === account)) {
      throw new Error(`accounts: unknown account ${account}`);
    }
    if (region !== undefined && !regionNames.has(region))
      throw new Error(`accounts: unknown region ${region}`);
  }
  store.transact(() => {
    for (const { account, region, ...change } of rules) {
      for (const { id } of accounts) {
        if (account !== undefined && account !== id) continue;
        for (const name of region === undefined ? regionNames : [region]) {
          const place = { store, account: id, region: name, now };
          for (const declare of declarers) declare(place, change);
          changeSettings(place, change);
        }
      }
    }
  });
};
