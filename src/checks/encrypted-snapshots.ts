import { inEachRegion } from './check.ts';
import type { Finding } from './finding.ts';
import type { RegionWork } from './region-work.ts';

export const encryptedSnapshots = inEachRegion(
  ({ toMakePublic }) => toMakePublic > 0,
  async (work) => judgeEncryptedSnapshots(work),
);

/** An AMI that was built encrypted stays encrypted and cannot be made public ("Share an Amazon EBS snapshot"). Pure. */
export function judgeEncryptedSnapshots({ region, encryptedSnapshots }: RegionWork): Finding {
  const place = { check: 'snapshots of AMIs to be made public', region, stops: 'sharing' } as const;
  if (encryptedSnapshots.length === 0) return { ...place, is: 'ok' };
  const command = `aws ec2 disable-ebs-encryption-by-default --region ${region}`;
  return {
    ...place,
    is: 'refused',
    code: 'encrypted-snapshots',
    expected: 'not encrypted',
    found: `encrypted: ${encryptedSnapshots.join(', ')}`,
    todo: `Turn off what encrypts them, "encrypted" in the config or EBS encryption by default (${command}), then publish a new version: these stay encrypted`,
    command,
  };
}
