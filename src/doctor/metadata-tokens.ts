import type { MetadataDefaults } from '../aws/account-defaults.ts';
import type { Look } from '../lib/look.ts';
import { type Finding, notKnown } from './finding.ts';
import type { RegionWork } from './region-work.ts';

/**
 * Whether the AMI tools on a builder are told about it: they are older than IMDSv2 and ask without a session token, for the
 * kernel of the image and for the keys of the role. The account's default counts where a builder's options say nothing
 * else; where it is enforced, one that says otherwise is not launched (EC2 API reference, ModifyInstanceMetadataDefaults).
 * A warning, since it is not known whether newer tools do better. Pure.
 */
export function judgeMetadataTokens(
  { region, toBundleByDefault }: RegionWork,
  look: Look<MetadataDefaults>,
): Finding {
  const place = { check: 'IMDSv2 on builders of instance-store AMIs', region, stops: 'building' } as const;
  if (!look.ok) return notKnown(place, 'optional', look.error);
  const { tokens, enforced, managedBy } = look.value;
  const isRequired = tokens === 'required' && toBundleByDefault > 0;
  if (!enforced && !isRequired) return { ...place, is: 'ok' };
  const isOwn = managedBy !== 'declarative-policy';
  const whose = isOwn ? 'by the default of the account' : 'by a declarative policy of the organization';
  const command = `aws ec2 modify-instance-metadata-defaults --region ${region} --http-tokens optional`;
  const todo = isOwn
    ? `${command}${enforced ? ' --http-tokens-enforced disabled' : ''}`
    : 'Ask whoever administers the organization: this account cannot change it';
  return {
    ...place,
    is: 'warning',
    expected: 'optional, since the AMI tools ask without a session token',
    found: `${enforced ? 'enforced' : 'required'} ${whose}`,
    todo: enforced
      ? todo
      : `With current Packer let "metadata_options" in "builder" say that http_tokens are optional. With 1.6.6: ${todo}`,
  };
}
