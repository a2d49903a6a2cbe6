import { copiedFor, sourceInstance } from '../aws/snapshots.ts';
import type { Ami } from '../model/ami.ts';
import type { SeenAmi } from '../model/sighting.ts';
import type { Snapshot } from '../model/snapshot.ts';

/** The ids of the snapshots created with an AMI. Pure. */
export function createdSnapshots({ ami, details }: SeenAmi): string[] {
  const all = details?.ok ? details.value.snapshots : [];
  return all.filter((snapshot) => madeWith(ami, snapshot)).map(({ id }) => id);
}

/**
 * Whether CreateImage or CopyImage created a snapshot together with an AMI. A snapshot of the user's own in the AMI's block
 * device mapping existed before and may be shared differently. Packer's tags do not tell them apart, since Packer tags both.
 * Pure.
 */
export function madeWith({ id, sourceInstance: builder }: Ami, snapshot: Snapshot): boolean {
  if (copiedFor(snapshot) === id) return true;
  const instance = sourceInstance(snapshot);
  return instance !== undefined && instance === (builder ?? instance);
}
