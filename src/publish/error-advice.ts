/**
 * As EC2, the other services, the SDK's own sources of credentials, and Packer's SDK say it ("Common errors"; sources that
 * find none any more have been found once).
 */
const endOfCredentials =
  /\b(?:RequestExpired|ExpiredToken(?:Exception)?|CredentialsProviderError|TokenProviderError|CredentialsEndpointError)\b/;

/**
 * What to do about a failure that a second run would meet again, where AWS's words do not say. Pure; undefined where
 * nothing is known. Codes: "Error codes for the Amazon EC2 API"; the words about keys are those of
 * ModifySnapshotAttribute and ModifyImageAttribute.
 */
export function adviceFor(said: string, region: string): string | undefined {
  if (endOfCredentials.test(said)) {
    return 'The AWS credentials have ended. Log in again (aws sso login), then run the same command: it goes on from there';
  }
  if (/VPCIdNotSpecified/.test(said)) {
    return `${region} has no default VPC in this account: name a subnet in the config, "regions": {"${region}": {"subnet_id": "subnet-…"}}`;
  }
  if (/specified instance profile|Invalid IAM Instance Profile/i.test(said)) {
    return 'Make that instance profile (docs/instance-store.md). The account of a rehearsal has those of --sandbox-account, such as scripts/demo-account.json';
  }
  if (/VcpuLimitExceeded/.test(said)) {
    return `Build fewer at once in a region (--parallel-per-region 1), or ask for a higher quota: aws service-quotas list-service-quotas --service-code ec2 --region ${region}`;
  }
  if (/EBS default key cannot be shared|AWS Managed CMK/.test(said)) {
    return (
      `EBS encryption by default is on in ${region}, with AWS's own key, which no other account can use. ` +
      `Name a key of yours (aws ec2 modify-ebs-default-kms-key-id --region ${region} --kms-key-id …) or switch it off ` +
      `(aws ec2 disable-ebs-encryption-by-default --region ${region}), then publish a new version: these AMIs stay encrypted`
    );
  }
  return undefined;
}
