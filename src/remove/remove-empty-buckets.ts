import type { Context } from '../aws/context.ts';
import { deleteIfEmpty } from '../instance-store/empty-bucket.ts';
import { s3 } from '../instance-store/s3.ts';
import { bucketAddress } from '../instance-store/target-bundles.ts';
import type { ReleasePlan } from '../model/release-plan.ts';
import { tagKeys } from '../model/resource-names.ts';
import type { Sighting } from '../model/sighting.ts';

/**
 * Deletes the release's empty buckets after a run was interrupted. Deletes none while a target may be in progress, here or on
 * another machine, since its build needs its bucket; the next run creates them again. A bucket that cannot be deleted stays:
 * the next run uses it, and `cleanup --leftovers` deletes it.
 */
export async function removeEmptyBuckets(
  plan: ReleasePlan,
  sightings: readonly Sighting[],
  context: Pick<Context, 'clients' | 'emit'>,
): Promise<void> {
  const stored = plan.targets.flatMap(({ region, bundle }) =>
    bundle ? [[bundle.bucket, bucketAddress(plan, region, bundle.bucket)] as const] : [],
  );
  if (stored.length === 0 || !sightings.every(isIdle)) return;
  const { bucketTags } = await s3();
  for (const bucket of new Map(stored).values()) {
    const tags = await bucketTags(context.clients, bucket);
    if (!tags.ok || tags.value?.[tagKeys.release] !== plan.release) continue;
    const deleted = await deleteIfEmpty(bucket, context);
    const { name: id, region } = bucket;
    if (deleted.ok && deleted.value) context.emit({ type: 'removed', kind: 'bucket', id, region });
  }
}

/** A key pair counts as activity: Packer has one before it launches its builder. */
const isIdle = ({ builders, leftovers, attempt }: Sighting): boolean =>
  builders.ok &&
  builders.value.length === 0 &&
  leftovers.ok &&
  leftovers.value.length === 0 &&
  attempt?.is !== 'working';
