import type { InstanceMetadataOptionsRequest } from '@aws-sdk/client-ec2';
import type { AccountSettings } from '../model/account-settings.ts';
import { AwsError, notImplemented } from '../model/aws-error.ts';
import type { ImageRecord, InstanceRecord } from '../model/records.ts';

const values: Record<string, readonly string[]> = {
  HttpTokens: ['optional', 'required'],
  HttpEndpoint: ['enabled', 'disabled'],
  HttpProtocolIpv6: ['enabled', 'disabled'],
  InstanceMetadataTags: ['enabled', 'disabled'],
};

/**
 * The metadata options of an instance: from the launch, otherwise from the account's default, otherwise from its image
 * (InstanceMetadataOptionsRequest, `HttpTokens`). Throws `InvalidParameterValue` for values outside AWS's; a hop limit is 1 to
 * 64. Throws `UnsupportedOperation` if the account enforces IMDSv2 and the instance would not require it ("Troubleshoot issues
 * with Amazon EC2 instance metadata").
 */
export const metadataOptions = (
  asked: InstanceMetadataOptionsRequest = {},
  image: ImageRecord,
  {
    metadataTokens,
    metadataTokensEnforced,
  }: Pick<AccountSettings, 'metadataTokens' | 'metadataTokensEnforced'>,
): InstanceRecord['metadata'] => {
  for (const [name, value] of Object.entries(asked)) {
    const allowed = values[name];
    if (allowed && !allowed.includes(String(value))) throw invalid(String(value), name, allowed.join(' or '));
  }
  const { HttpPutResponseHopLimit: hopLimit = image.imdsSupport === 'v2.0' ? 2 : 1 } = asked;
  if (hopLimit < 1 || hopLimit > 64) throw invalid(String(hopLimit), 'HttpPutResponseHopLimit', '1 to 64');
  if (asked.HttpProtocolIpv6 === 'enabled') throw notImplemented('MetadataOptions with HttpProtocolIpv6');
  const httpTokens =
    asked.HttpTokens ?? (metadataTokens === 'no-preference' ? ofImage(image) : metadataTokens);
  if (metadataTokensEnforced && httpTokens !== 'required') {
    throw new AwsError(
      'UnsupportedOperation',
      "You can't launch instances with IMDSv1 because httpTokensEnforced is enabled for this account. Either launch the instance with httpTokens=required or contact your account owner to disable httpTokensEnforced using the ModifyInstanceMetadataDefaults API or the account settings in the EC2 console.",
    );
  }
  return {
    httpTokens,
    httpEndpoint: asked.HttpEndpoint ?? 'enabled',
    hopLimit,
    ...(asked.InstanceMetadataTags === 'enabled' ? { showsTags: true } : {}),
  };
};

/**
 * Throws `InvalidParameterValue` for tag keys that an instance's metadata cannot show as a path ("View tags for your EC2
 * instances using instance metadata": letters, digits and `+-=.,_:@`; not only `.`, `..` or `_index`).
 */
export const checkKeysInMetadata = (
  { metadata }: Pick<InstanceRecord, 'metadata'>,
  tags: Record<string, string>,
): void => {
  if (!metadata.showsTags) return;
  const wrong = Object.keys(tags).find(
    (key) => !/^[0-9a-zA-Z+\-=.,_:@]+$/.test(key) || ['.', '..', '_index'].includes(key),
  );
  if (wrong === undefined) return;
  throw new AwsError(
    'InvalidParameterValue',
    `'${wrong}' is not a valid tag key of an instance whose metadata shows its tags. Expected letters, digits and +-=.,_:@, and not '.', '..' or '_index'.`,
  );
};

const ofImage = ({ imdsSupport }: ImageRecord) => (imdsSupport === 'v2.0' ? 'required' : 'optional');

const invalid = (value: string, name: string, expected: string): AwsError =>
  new AwsError(
    'InvalidParameterValue',
    `Value (${value}) for parameter ${name} is invalid. Expected ${expected}.`,
  );
