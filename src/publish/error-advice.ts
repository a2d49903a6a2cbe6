/**
 * The codes of EC2, the other services, the SDK's credential providers, and Packer's SDK ("Common errors"). A provider that
 * finds no credentials now did find some earlier.
 */
const expiredCredentials =
  /\b(?:RequestExpired|ExpiredToken(?:Exception)?|CredentialsProviderError|TokenProviderError|CredentialsEndpointError)\b/;

/** Whether an AMI could not be shared because it is encrypted with a key that no other account can use: it never can be. Pure. */
export const staysEncrypted = (said: string): boolean =>
  /EBS default key cannot be shared|AWS Managed CMK/.test(said);

/**
 * What to do about a failure that a second run would hit again, where AWS's message does not say. Pure; undefined where
 * nothing is known. Codes: "Error codes for the Amazon EC2 API"; the messages about keys are those of
 * ModifySnapshotAttribute and ModifyImageAttribute.
 */
export function adviceFor(said: string, region: string): string | undefined {
  if (expiredCredentials.test(said)) {
    return 'The AWS credentials have expired. Log in again (aws sso login), then run the same command: it resumes';
  }
  if (/VPCIdNotSpecified/.test(said)) {
    return `${region} has no default VPC in this account: name a subnet in the config, "regions": {"${region}": {"subnet_id": "subnet-…"}}`;
  }
  if (/specified instance profile|Invalid IAM Instance Profile/i.test(said)) {
    return 'Create that instance profile (docs/instance-store.md). In the sandbox it comes from the file given to --sandbox-account, such as scripts/demo-account.json';
  }
  if (/VcpuLimitExceeded/.test(said)) {
    return `Run fewer builds at once in a region (--parallel-per-region 1), or request a higher quota: aws service-quotas list-service-quotas --service-code ec2 --region ${region}`;
  }
  if (staysEncrypted(said)) {
    return (
      'It is encrypted with the AWS managed key, which no other account can use: "encrypted" without "kms_key_id" in the config, ' +
      `EBS encryption by default in ${region}, or an encrypted base image. Remove that, or name a customer managed key ` +
      `(in the config, or aws ec2 modify-ebs-default-kms-key-id --region ${region} --kms-key-id KEY), then publish a new version: ` +
      'these AMIs stay encrypted'
    );
  }
  return undefined;
}
