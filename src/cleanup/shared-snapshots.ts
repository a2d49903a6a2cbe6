import pLimit from 'p-limit';
import { saysNotFound } from '../aws/ask.ts';
import type { World } from '../aws/context.ts';
import { createVolumePermission } from '../aws/snapshots.ts';
import { type Look, seen } from '../model/lookup.ts';
import { isEmpty } from '../model/permission.ts';

/** Calls under way at once. */
const looksAtOnce = 8;

/** Those of some snapshots that are public or shared with anybody. One that is gone is neither. */
export async function sharedSnapshots(
  ids: readonly string[],
  region: string,
  { clients }: Pick<World, 'clients'>,
): Promise<Look<Set<string>>> {
  const limit = pLimit(looksAtOnce);
  const looks = await Promise.all(
    ids.map(async (id) => ({ id, look: await limit(() => createVolumePermission(clients, region, id)) })),
  );
  const shared = new Set<string>();
  for (const { id, look } of looks) {
    if (!look.ok && saysNotFound(look.error.code)) continue;
    if (!look.ok) return look;
    if (!isEmpty(look.value)) shared.add(id);
  }
  return seen(shared);
}
