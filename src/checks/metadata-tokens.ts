import type { MetadataDefaults } from '../aws/account-defaults.ts';
import type { Lookup } from '../model/lookup.ts';
import { type Finding, notKnown } from './finding.ts';
import type { RegionWork } from './region-work.ts';

/**
 * Whether a builder is told about itself that is older than IMDSv2 and asks without a session token: the AMI tools, for the
 * kernel of the image and the keys of the role; Ubuntu up to 14.04, for the SSH key that is to let Packer in. The account's
 * default counts where a builder's options say nothing else; where it is enforced, one that says otherwise is not launched
 * (EC2 API reference, ModifyInstanceMetadataDefaults). From 1.7.0 on Packer's amazon-ebs asks for optional tokens with every
 * launch unless told otherwise; amazon-instance never does, whatever its options say. A warning, since a provisioner may bring newer tools, and a base
 * image of one's own a key. Pure.
 */
export function judgeMetadataTokens(
  { region, withoutTokensByDefault, bundledWithoutTokens }: RegionWork,
  lookup: Lookup<MetadataDefaults>,
): Finding {
  const place = { check: 'IMDSv2 on builders', region, stops: 'building' } as const;
  if (!lookup.ok) return notKnown(place, 'optional', lookup.error);
  const { tokens, enforced, managedBy } = lookup.value;
  const isRequired = tokens === 'required' && withoutTokensByDefault > 0;
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
    expected: 'optional, since the AMI tools, and Ubuntu up to 14.04, ask without a session token',
    found: `${enforced ? 'enforced' : 'required'} ${whose}`,
    todo: enforced || bundledWithoutTokens > 0 ? todo : `Use Packer 1.7.0 or newer. With 1.6.6: ${todo}`,
  };
}
