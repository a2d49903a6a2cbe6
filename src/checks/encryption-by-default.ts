import type { Lookup } from '../model/lookup.ts';
import type { Sharing } from '../model/publication.ts';
import { type Finding, notKnown } from './finding.ts';
import type { RegionWork } from './region-work.ts';

/** AWS's own key, which no other account can be given ("Share an Amazon EBS snapshot", Amazon EBS User Guide). */
const awsManaged = /(^|:)alias\/aws\/ebs$/;

/**
 * Whether what is built here could be shared as the config says: with EBS encryption by default, every AMI is encrypted,
 * and an encrypted one can never be public. Pure.
 *
 * @param look the key, or `none`.
 */
export function judgeEncryptionByDefault(
  { region }: RegionWork,
  sharing: Sharing,
  lookup: Lookup<string>,
): Finding {
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
      expected: 'off, since what is encrypted cannot be public',
      found,
      todo: off,
    };
  }
  if (awsManaged.test(key)) {
    return {
      ...place,
      is: 'refused',
      expected: 'off, or on with a key of your own, since no other account can use AWS’s',
      found,
      todo: `aws ec2 modify-ebs-default-kms-key-id --region ${region} --kms-key-id KEY; or ${off}`,
    };
  }
  return {
    ...place,
    is: 'warning',
    expected: 'off, or a key that those who are to use the AMIs may use',
    found,
    todo: 'See that the policy of that key lets them: kms:DescribeKey, kms:CreateGrant, kms:ReEncrypt*, kms:Decrypt',
  };
}
