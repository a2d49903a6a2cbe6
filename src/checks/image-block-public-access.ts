import { type BlockPublicAccess, imageBlockPublicAccess } from '../aws/account-defaults.ts';
import type { Lookup } from '../model/lookup.ts';
import { blockedBy } from './block-public-access.ts';
import { inEachRegion } from './check.ts';
import { type Finding, notKnown } from './finding.ts';
import type { RegionWork } from './region-work.ts';

export const imageBlocking = inEachRegion(
  ({ toMakePublic }) => toMakePublic > 0,
  async (work, { clients }) =>
    judgeImageBlockPublicAccess(work, await imageBlockPublicAccess(clients, work.region)),
);

/**
 * Whether AMIs can be made public here ("Block public access to your AMIs", Amazon EC2 User Guide). New accounts block it by
 * default; AMIs that are already public stay public. Pure.
 */
export function judgeImageBlockPublicAccess(
  { region }: RegionWork,
  lookup: Lookup<BlockPublicAccess>,
): Finding {
  const place = { check: 'block public access for AMIs', region, stops: 'sharing' } as const;
  if (!lookup.ok) return notKnown(place, 'unblocked', lookup.error);
  if (lookup.value.state === 'unblocked') return { ...place, is: 'ok' };
  const command = `aws ec2 disable-image-block-public-access --region ${region}`;
  return {
    ...place,
    is: 'refused',
    code: 'image-block-public-access',
    expected: 'unblocked',
    ...blockedBy(lookup.value, command),
  };
}
