import { sourceInstance } from '../aws/snapshots.ts';
import type { SeenAmi } from '../model/sighting.ts';

/**
 * The snapshots that CreateImage made with an AMI, by id. One of the user's own that its block devices name was there before
 * it, and may be shared otherwise; Packer's tags do not tell them apart, since it tags both. Pure.
 */
export function createdSnapshots({ ami, details }: SeenAmi): string[] {
  const all = details?.ok ? details.value.snapshots : [];
  return all
    .filter((snapshot) => {
      const instance = sourceInstance(snapshot);
      return instance !== undefined && instance === (ami.sourceInstance ?? instance);
    })
    .map(({ id }) => id);
}
