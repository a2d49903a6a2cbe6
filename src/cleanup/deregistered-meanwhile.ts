import type { Context } from '../aws/context.ts';
import { findSnapshots } from '../aws/snapshots.ts';
import { bundleIdOf } from '../instance-store/stored-bundle.ts';
import type { PlannedAmi } from '../model/events.ts';
import { type AmiOutcome, kept, type PartOutcome } from '../model/resource.ts';

/**
 * The outcome of AMIs in the plan that somebody else has deregistered: this run deletes none of them, and does not touch their
 * snapshots and bundles, which may still be needed. Snapshots that are gone as well are not listed.
 */
export async function deregisteredMeanwhile(
  gone: readonly PlannedAmi[],
  region: string,
  { clients }: Pick<Context, 'clients'>,
): Promise<Map<string, AmiOutcome>> {
  const ids = gone.flatMap(({ snapshots }) => snapshots);
  const lookup = await findSnapshots(clients, region, { ids });
  const existing = new Set(lookup.ok ? lookup.value.map(({ id }) => id) : ids);
  return new Map(
    gone.map(({ ami, snapshots, bundle }) => {
      const parts: PartOutcome[] = [
        ...snapshots
          .filter((id) => existing.has(id))
          .map((id) => ({ kind: 'snapshot' as const, id, ...untouched })),
        ...(bundle === undefined ? [] : [{ kind: 'bundle' as const, id: bundleIdOf(bundle), ...untouched }]),
      ];
      return [ami, { ...kept('somebody else deregistered it'), parts }];
    }),
  );
}

const untouched = kept('it was not touched: somebody else deregistered its AMI');
