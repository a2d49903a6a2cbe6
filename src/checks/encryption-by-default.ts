import { encryptionByDefault } from '../aws/account-defaults.ts';
import { kmsKey } from '../aws/kms-keys.ts';
import type { Lookup } from '../model/lookup.ts';
import { askOnce } from './ask-once.ts';
import { type CheckContext, inEachRegion } from './check.ts';
import { type Finding, notKnown, type Place } from './finding.ts';
import type { RegionWork } from './region-work.ts';
import { sharedKey } from './shared-key.ts';

export const ebsEncryptionByDefault = inEachRegion(
  ({ toBuildOnEbs }) => toBuildOnEbs > 0,
  async (work, { clients }) => {
    const lookup = await encryptionByDefault(clients, work.region);
    const judged = judgeEncryptionByDefault(work, lookup);
    return judged.is === 'warning' && lookup.ok ? withPolicy(work, lookup.value, judged, clients) : judged;
  },
);

/** Replaces the warning: finds out whether the accounts that AMIs are shared with may use the account's own key. */
async function withPolicy(
  work: RegionWork,
  name: string,
  judged: Extract<Finding, { is: 'warning' }>,
  clients: CheckContext['clients'],
): Promise<Finding> {
  const { check, region, expected } = judged;
  const key = await askOnce(work, `key ${name}`, () => kmsKey(clients, work.region, name));
  const place: Place = { check, stops: 'building', ...(region === undefined ? {} : { region }) };
  if (!key.ok) return notKnown(place, expected, key.error);
  return key.value ? sharedKey(work, key.value, place, { clients }) : judged;
}

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
