import { type MetadataDefaults, metadataDefaults } from '../aws/account-defaults.ts';
import type { Lookup } from '../model/lookup.ts';
import { inEachRegion } from './check.ts';
import { type Finding, notKnown } from './finding.ts';
import type { RegionWork } from './region-work.ts';

export const metadataTokens = inEachRegion(
  ({ withoutTokens }) => withoutTokens > 0,
  async (work, { clients }) => judgeMetadataTokens(work, await metadataDefaults(clients, work.region)),
);

/**
 * Whether builders that use IMDSv1 can read their metadata. Without a session token, the AMI tools request the image's kernel
 * and the role's keys, and Ubuntu up to 14.04 requests the SSH key that lets Packer in. If a builder's options set nothing, the
 * account's default applies; if it is enforced, EC2 refuses a launch with another setting (EC2 API reference,
 * ModifyInstanceMetadataDefaults). Since 1.7.0 Packer's amazon-ebs sets tokens to optional at every launch unless configured
 * otherwise; amazon-instance never does, whatever its options say. Only a warning, since a provisioner may install newer tools,
 * and a custom base image may contain a key. Pure.
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
  const whose = isOwn ? 'by the account default' : 'by a declarative policy of the organization';
  const enforcement = enforced ? ' --http-tokens-enforced disabled' : '';
  const command = `aws ec2 modify-instance-metadata-defaults --region ${region} --http-tokens optional${enforcement}`;
  const todo = isOwn ? command : 'Ask the administrator of the organization: this account cannot change it';
  return {
    ...place,
    is: 'warning',
    expected: 'optional, since the AMI tools and Ubuntu up to 14.04 use IMDSv1, without a session token',
    found: `${enforced ? 'enforced' : 'required'} ${whose}`,
    todo: enforced || bundledWithoutTokens > 0 ? todo : `Use Packer 1.7.0 or newer. With 1.6.6: ${todo}`,
    ...(isOwn ? { command } : {}),
  };
}
