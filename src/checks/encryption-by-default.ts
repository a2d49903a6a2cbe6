import { encryptionByDefault } from '../aws/account-defaults.ts';
import type { Lookup } from '../model/lookup.ts';
import { inEachRegion } from './check.ts';
import { type Finding, notKnown } from './finding.ts';
import type { RegionWork } from './region-work.ts';

export const ebsEncryptionByDefault = inEachRegion(
  ({ toBuildOnEbs }) => toBuildOnEbs > 0,
  async (work, { clients }) =>
    judgeEncryptionByDefault(work, await encryptionByDefault(clients, work.region)),
);

/** The AWS managed key, which cannot be shared with another account ("Share an Amazon EBS snapshot", Amazon EBS User Guide). */
const awsManaged = /(^|:)alias\/aws\/ebs$/;

/**
 * Whether AMIs built here could be shared as configured: with EBS encryption by default every AMI is encrypted, and an
 * encrypted AMI can never be public. Pure.
 *
 * @param lookup the key, or `none`.
 */
export function judgeEncryptionByDefault({ region, sharing }: RegionWork, lookup: Lookup<string>): Finding {
  const place = { check: 'EBS encryption by default', region, stops: 'building' } as const;
  if (!lookup.ok) return notKnown(place, 'off', lookup.error);
  const key = lookup.value;
  if (key === 'none') return { ...place, is: 'ok' };
  const off = `aws ec2 disable-ebs-encryption-by-default --region ${region}`;
  const found = `on, with the key ${key}`;
  if (sharing.public) {
    return {
      ...place,
      is: 'refused',
      code: 'ebs-encryption-by-default',
      expected: 'off, since an encrypted AMI cannot be public',
      found,
      todo: off,
      command: off,
    };
  }
  if (awsManaged.test(key)) {
    return {
      ...place,
      is: 'refused',
      code: 'ebs-encryption-by-default',
      expected: 'off, or on with a customer managed key, since no other account can use the AWS managed key',
      found,
      todo: `aws ec2 modify-ebs-default-kms-key-id --region ${region} --kms-key-id KEY; or ${off}`,
      command: off,
    };
  }
  return {
    ...place,
    is: 'warning',
    expected: 'off, or on with a key that the accounts you share with may use',
    found,
    todo: 'Make sure that the key policy allows them kms:DescribeKey, kms:CreateGrant, kms:ReEncrypt*, kms:Decrypt',
  };
}
