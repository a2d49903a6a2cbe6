import { copiedFor, sourceInstance } from '../aws/snapshots.ts';
import type { SeenAmi } from '../model/sighting.ts';

/**
 * The ids of the snapshots that CreateImage or CopyImage made with an AMI. A snapshot of the user's own in its block device mapping existed
 * before and may be shared differently; Packer's tags do not tell them apart, since it tags both. Pure.
 */
export function createdSnapshots({ ami, details }: SeenAmi): string[] {
  const all = details?.ok ? details.value.snapshots : [];
  return all
    .filter((snapshot) => {
      if (copiedFor(snapshot) === ami.id) return true;
      const instance = sourceInstance(snapshot);
      return instance !== undefined && instance === (ami.sourceInstance ?? instance);
    })
    .map(({ id }) => id);
}
