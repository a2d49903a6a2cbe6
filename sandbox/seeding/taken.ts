import type { Context } from '../calls/operation.ts';
import type { Kind, Records } from '../model/records.ts';

/** Adds a new record in the account and region of the context. Throws if its id is taken. */
export const putNew = <K extends Kind>(
  { store, account, region }: Context,
  kind: K,
  id: string,
  record: Records[K],
): void => {
  const records = store.of(kind, account, region);
  if (records.get(id)) throw new Error(`${id} already exists`);
  records.put(id, record);
};
