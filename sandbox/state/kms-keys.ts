import type { Store } from './store.ts';
import { settingsOf } from './stored-settings.ts';

/** A customer managed key that the settings declare. */
export interface DeclaredKey {
  id?: string;
  /** `alias/…` */
  alias?: string;
  /** In IAM's format; absent if the settings have none. */
  policy?: Record<string, unknown>;
  enabled: boolean;
}

/** The customer managed keys of an account in a region. A plain text in the settings is an alias or an id. */
export const declaredKeys = (place: { store: Store; account: string; region: string }): DeclaredKey[] =>
  settingsOf(place).kmsKeys.map((key) => {
    if (typeof key !== 'string') return { enabled: true, ...key };
    return key.startsWith('alias/') ? { alias: key, enabled: true } : { id: key, enabled: true };
  });
