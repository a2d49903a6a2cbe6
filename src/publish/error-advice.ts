import type { Json } from '../model/publication.ts';
import type { Target } from '../model/release-plan.ts';

/**
 * The codes of EC2, the other services, the SDK's credential providers, and Packer's SDK ("Common errors"). A provider that
 * finds no credentials now had found some earlier.
 */
const expiredCredentials =
  /\b(?:RequestExpired|ExpiredToken(?:Exception)?|CredentialsProviderError|TokenProviderError|CredentialsEndpointError)\b/;

/** Whether an AMI could not be shared because its key can never be used by another account. Pure. */
export const staysEncrypted = (said: string): boolean =>
  /EBS default key cannot be shared|AWS Managed CMK/.test(said);

/** What determines the encryption of a target. */
interface Built extends Pick<Target, 'encryption'> {
  packer: Pick<Target['packer'], 'options'>;
}

/**
 * Advice on a failure that a second run would hit again, if AWS's message has none. Pure; undefined if there is no advice.
 * Codes: "Error codes for the Amazon EC2 API"; the messages about keys are those of ModifySnapshotAttribute and
 * ModifyImageAttribute.
 *
 * @param target whether the config itself asks for encryption.
 */
export function adviceFor(
  said: string,
  region: string,
  { packer: { options } = { options: {} }, encryption }: Partial<Built> = {},
): string | undefined {
  if (expiredCredentials.test(said)) {
    return 'The AWS credentials have expired. Log in again (aws sso login), then run the same command: it resumes';
  }
  if (/VPCIdNotSpecified/.test(said)) {
    return `${region} has no default VPC in this account: set a subnet in the config, "regions": {"${region}": {"subnet_id": "subnet-…"}}`;
  }
  if (/specified instance profile|Invalid IAM Instance Profile/i.test(said)) {
    return 'Create that instance profile (docs/instance-store.md). In the sandbox it comes from the file given to --sandbox-account, such as scripts/demo-account.json';
  }
  if (/VcpuLimitExceeded/.test(said)) {
    return `Run fewer builds at once in a region (--parallel-per-region 1), or request a higher quota: aws service-quotas list-service-quotas --service-code ec2 --region ${region}`;
  }
  if (staysEncrypted(said)) {
    return `It is encrypted with the AWS managed key, which no other account can use: ${encryption ? askedByKey : whyEncrypted(region, options)}, then publish a new version: these AMIs stay encrypted`;
  }
  return undefined;
}

const askedByKey =
  'the config asks for it with "encryption". Set a customer managed key there, {"kmsKey": "alias/…"}, or remove "encryption"';

function whyEncrypted(region: string, options: Readonly<Record<string, Json>>): string {
  const lists = [options.launch_block_device_mappings, options.ami_block_device_mappings].flat();
  const isAsked = lists.some(
    (mapping) =>
      typeof mapping === 'object' &&
      mapping !== null &&
      'encrypted' in mapping &&
      String(mapping.encrypted) === 'true',
  );
  if (isAsked) {
    return 'the config asks for it with "encrypted" in a mapping. Set a customer managed key there in "kms_key_id", or remove "encrypted"';
  }
  return (
    `the config does not ask for it, so it is EBS encryption by default in ${region}, or the base image is encrypted ` +
    '("doctor" says which). Turn that off, or make a customer managed key the default ' +
    `(aws ec2 modify-ebs-default-kms-key-id --region ${region} --kms-key-id KEY), or start from another base image`
  );
}
