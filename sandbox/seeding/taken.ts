import type { Context } from '../calls/operation.ts';
import type { Kind, Records } from '../model/records.ts';

/** Puts a record that is not there yet, in the account and region of the context. Throws where its id is taken. */
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
