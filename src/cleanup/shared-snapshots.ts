import { saysNotFound } from '../aws/ask.ts';
import type { Context } from '../aws/context.ts';
import { createVolumePermission } from '../aws/snapshots.ts';
import { type Lookup, okLookup } from '../model/lookup.ts';
import { isEmpty } from '../model/permission.ts';

/** The snapshots that are public or shared with anyone. A deleted snapshot is neither. */
export async function sharedSnapshots(
  ids: readonly string[],
  region: string,
  { clients }: Pick<Context, 'clients'>,
): Promise<Lookup<Set<string>>> {
  const lookups = await Promise.all(
    ids.map(async (id) => ({ id, lookup: await createVolumePermission(clients, region, id) })),
  );
  const shared = new Set<string>();
  for (const { id, lookup } of lookups) {
    if (!lookup.ok && saysNotFound(lookup.error.code)) continue;
    if (!lookup.ok) return lookup;
    if (!isEmpty(lookup.value)) shared.add(id);
  }
  return okLookup(shared);
}
