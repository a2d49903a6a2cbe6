import type { Store } from './store.ts';
import { settingsOf } from './stored-settings.ts';

/** A customer managed key that the settings declare. */
export interface DeclaredKey {
  id?: string;
  /** `alias/…` */
  alias?: string;
  /** As IAM writes policies; absent where the settings say none. */
  policy?: Record<string, unknown>;
  enabled: boolean;
}

/** The customer managed keys of an account in a region. A text of the settings is an alias or an id. */
export const declaredKeys = (place: { store: Store; account: string; region: string }): DeclaredKey[] =>
  settingsOf(place).kmsKeys.map((key) => {
    if (typeof key !== 'string') return { enabled: true, ...key };
    return key.startsWith('alias/') ? { alias: key, enabled: true } : { id: key, enabled: true };
  });
