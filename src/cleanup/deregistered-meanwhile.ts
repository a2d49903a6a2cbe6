import type { Context } from '../aws/context.ts';
import { findSnapshots } from '../aws/snapshots.ts';
import { bundleIdOf } from '../instance-store/stored-bundle.ts';
import type { PlannedAmi } from '../model/events.ts';
import type { Part } from '../model/removal.ts';

/**
 * What is told of AMIs that were to go and that somebody else deregistered: none of it was deleted by this run, which does
 * not touch their snapshots and bundles. Whoever did it may mean to use them. Snapshots that are gone as well are not named.
 */
export async function deregisteredMeanwhile(
  gone: readonly PlannedAmi[],
  region: string,
  { clients }: Pick<Context, 'clients'>,
): Promise<Map<string, { parts: Part[] }>> {
  const ids = gone.flatMap(({ snapshots }) => snapshots);
  const lookup = await findSnapshots(clients, region, { ids });
  const there = new Set(lookup.ok ? lookup.value.map(({ id }) => id) : ids);
  return new Map(
    gone.map(({ ami, snapshots, bundle }) => [
      ami,
      {
        parts: [
          { kind: 'AMI', id: ami, fate: { is: 'kept', why: 'somebody else deregistered it' } },
          ...snapshots.filter((id) => there.has(id)).map((id): Part => ({ kind: 'snapshot', id, fate })),
          ...(bundle === undefined ? [] : [{ kind: 'bundle' as const, id: bundleIdOf(bundle), fate }]),
        ],
      },
    ]),
  );
}

const fate = { is: 'kept' as const, why: 'it was not touched: somebody else deregistered its AMI' };
