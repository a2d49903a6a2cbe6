import type { RoleSettings } from '../model/account-settings.ts';
import { iamIdOf } from './instance-profiles.ts';
import type { Store } from './store.ts';
import { iamHome, settingsOf } from './stored-settings.ts';

export interface Role extends RoleSettings {
  id: string;
  maxSessionDuration: number;
}

/** The role with this ARN; undefined if no account has it. */
export const roleOf = (store: Store, arn: string): { account: string; role: Role } | undefined => {
  const [, account = '', path = ''] = /^arn:aws:iam::(\d{12}):role\/(.+)$/.exec(arn) ?? [];
  if (account === '') return undefined;
  const found = settingsOf({ store, account, region: iamHome }).roles.find(({ name }) => name === path);
  if (!found) return undefined;
  const name = path.split('/').at(-1) ?? path;
  return {
    account,
    role: { maxSessionDuration: 3600, ...found, name, id: `AROA${iamIdOf('role', account, path)}` },
  };
};
