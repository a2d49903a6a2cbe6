import { AwsError } from '../model/aws-error.ts';

/** Bytes of user data before base64 encoding ("User data", EC2 User Guide). */
export const mostUserData = 16_384;

/**
 * Throws for user data that EC2 refuses: with `InvalidParameterValue` at a launch, with `InvalidUserData.Malformed` for a
 * launch template (as Terraform's users report each: runs-on/runs-on#9, github-aws-runners/terraform-aws-github-runner#3700).
 */
export const checkUserData = (
  userData: string | undefined,
  code: 'InvalidParameterValue' | 'InvalidUserData.Malformed',
): void => {
  if (Buffer.from(userData ?? '', 'base64').length > mostUserData) {
    throw new AwsError(code, `User data is limited to ${mostUserData} bytes`);
  }
};
