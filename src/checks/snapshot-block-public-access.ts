import { type BlockPublicAccess, snapshotBlockPublicAccess } from '../aws/account-defaults.ts';
import type { Lookup } from '../model/lookup.ts';
import { blockedBy } from './block-public-access.ts';
import { inEachRegion } from './check.ts';
import { type Finding, notKnown } from './finding.ts';
import type { RegionWork } from './region-work.ts';

export const snapshotBlocking = inEachRegion(
  ({ withPublicSnapshots }) => withPublicSnapshots > 0,
  async (work, { clients }) =>
    judgeSnapshotBlockPublicAccess(work, await snapshotBlockPublicAccess(clients, work.region)),
);

/**
 * Whether snapshots can be made public here ("Block public access for Amazon EBS snapshots", Amazon EBS User Guide).
 * `block-all-sharing` also hides snapshots that are already public but leaves their permissions in place, so reading those back
 * would not show the problem. Pure.
 */
export function judgeSnapshotBlockPublicAccess(
  { region, snapshotsToMakePublic }: RegionWork,
  lookup: Lookup<BlockPublicAccess>,
): Finding {
  const place = { check: 'block public access for snapshots', region, stops: 'sharing' } as const;
  if (!lookup.ok) return notKnown(place, 'unblocked', lookup.error);
  const { state } = lookup.value;
  const isFree = state === 'unblocked' || (state === 'block-new-sharing' && snapshotsToMakePublic === 0);
  if (isFree) return { ...place, is: 'ok' };
  const command = `aws ec2 disable-snapshot-block-public-access --region ${region}`;
  const { todo, ...blocked } = blockedBy(lookup.value, command);
  return {
    ...place,
    is: 'refused',
    code: 'snapshot-block-public-access',
    expected: 'unblocked',
    ...blocked,
    todo: `${todo}; or keep the snapshots private, "share": {"public": true, "snapshots": false}: then no other account can copy the AMIs`,
  };
}
