import { expect, it } from 'vitest';
import { adviceFor } from '../../src/publish/error-advice.ts';

it.each([
  [
    "Couldn't find specified instance profile: NoSuchEntity: Instance Profile x cannot be found.",
    /docs\/instance-store\.md.*--sandbox-account/,
  ],
  [
    'InvalidParameterValue: Value (x) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name',
    /docs\/instance-store\.md/,
  ],
  ['VPCIdNotSpecified: No default VPC for this user', /"regions": \{"eu-west-1": \{"subnet_id"/],
  [
    'InvalidParameter: Snapshots encrypted with the AWS Managed CMK can’t be shared',
    /the config does not ask for it, so it is EBS encryption by default in eu-west-1, or the base image is encrypted/,
  ],
  ['VcpuLimitExceeded: You have requested more vCPU capacity', /--parallel-per-region 1.*--region eu-west-1/],
])('the error %s comes with advice', (said, todo) => {
  expect(adviceFor(said, 'eu-west-1')).toMatch(todo);
});

it('encryption that the config asks for is not blamed on the account', () => {
  const said = 'InvalidParameter: Encrypted snapshots with EBS default key cannot be shared';
  const options = { launch_block_device_mappings: [{ device_name: '/dev/sda1', encrypted: true }] };
  const packer = { options };
  expect(adviceFor(said, 'eu-west-1', { packer })).toMatch(/the config asks for it.*"kms_key_id"/);
  expect(adviceFor(said, 'eu-west-1', { packer })).not.toContain('by default');
  expect(adviceFor(said, 'eu-west-1', { packer: { options: {} }, encryption: {} })).toMatch(
    /the config asks for it with "encryption".*"kmsKey"/,
  );
});

it('an error without known advice comes with none', () => {
  expect(adviceFor('Script exited with non-zero exit status: 1', 'eu-west-1')).toBeUndefined();
});
