import type { InstanceMetadataOptionsRequest } from '@aws-sdk/client-ec2';
import { AwsError, notImplemented } from '../aws-error.ts';
import type { ImageRecord, InstanceRecord } from '../records.ts';
import type { AccountSettings } from '../settings/account-settings.ts';

const values: Record<string, readonly string[]> = {
  HttpTokens: ['optional', 'required'],
  HttpEndpoint: ['enabled', 'disabled'],
  HttpProtocolIpv6: ['enabled', 'disabled'],
  InstanceMetadataTags: ['enabled', 'disabled'],
};

/**
 * How an instance answers for its metadata: as the launch asks, else by the account's default, else as its image says
 * (InstanceMetadataOptionsRequest, `HttpTokens`). Throws `InvalidParameterValue` outside of AWS's values; a hop limit is 1
 * to 64.
 */
export const metadataOptions = (
  asked: InstanceMetadataOptionsRequest = {},
  image: ImageRecord,
  { metadataTokens }: Pick<AccountSettings, 'metadataTokens'>,
): InstanceRecord['metadata'] => {
  for (const [name, value] of Object.entries(asked)) {
    const allowed = values[name];
    if (allowed && !allowed.includes(String(value))) throw invalid(String(value), name, allowed.join(' or '));
  }
  const { HttpPutResponseHopLimit: hopLimit = image.imdsSupport === 'v2.0' ? 2 : 1 } = asked;
  if (hopLimit < 1 || hopLimit > 64) throw invalid(String(hopLimit), 'HttpPutResponseHopLimit', '1 to 64');
  for (const name of ['HttpProtocolIpv6', 'InstanceMetadataTags'] as const) {
    if (asked[name] === 'enabled') throw notImplemented(`MetadataOptions with ${name}`);
  }
  return {
    httpTokens: asked.HttpTokens ?? (metadataTokens === 'no-preference' ? ofImage(image) : metadataTokens),
    httpEndpoint: asked.HttpEndpoint ?? 'enabled',
    hopLimit,
  };
};

const ofImage = ({ imdsSupport }: ImageRecord) => (imdsSupport === 'v2.0' ? 'required' : 'optional');

const invalid = (value: string, name: string, expected: string): AwsError =>
  new AwsError(
    'InvalidParameterValue',
    `Value (${value}) for parameter ${name} is invalid. Expected ${expected}.`,
  );
