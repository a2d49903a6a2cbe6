import { AwsError } from '../model/aws-error.ts';

/** Bytes of user data before they are in base64 ("User data", EC2 User Guide). */
export const mostUserData = 16_384;

/**
 * Throws for user data that EC2 does not take: with `InvalidParameterValue` where an instance is launched, with
 * `InvalidUserData.Malformed` where a launch template is made (as Terraform's users report each: runs-on/runs-on#9,
 * github-aws-runners/terraform-aws-github-runner#3700).
 */
export const checkUserData = (
  userData: string | undefined,
  code: 'InvalidParameterValue' | 'InvalidUserData.Malformed',
): void => {
  if (Buffer.from(userData ?? '', 'base64').length > mostUserData) {
    throw new AwsError(code, `User data is limited to ${mostUserData} bytes`);
  }
};
