import type { LaunchTemplateBlockDeviceMappingRequest, RequestLaunchTemplateData } from '@aws-sdk/client-ec2';
import { AwsError, notImplemented } from '../model/aws-error.ts';
import { checkId } from '../model/identifiers.ts';
import { volumeTypes } from './block-devices.ts';
import { checkCapacityReservation } from './capacity-reservations.ts';
import { isInstanceType } from './instance-types.ts';
import { checkTagCount, readTags } from './tag-set.ts';
import { checkUserData } from './user-data.ts';

/**
 * The members of a launch template that the sandbox supports. They are stored and shown, and evaluated when the template is
 * used.
 */
const known: ReadonlySet<string> = new Set<keyof RequestLaunchTemplateData>([
  'BlockDeviceMappings',
  'CapacityReservationSpecification',
  'CpuOptions',
  'CreditSpecification',
  'DisableApiStop',
  'DisableApiTermination',
  'EbsOptimized',
  'EnclaveOptions',
  'HibernationOptions',
  'IamInstanceProfile',
  'ImageId',
  'InstanceInitiatedShutdownBehavior',
  'InstanceMarketOptions',
  'InstanceType',
  'KeyName',
  'MaintenanceOptions',
  'MetadataOptions',
  'Monitoring',
  'NetworkInterfaces',
  'Placement',
  'PrivateDnsNameOptions',
  'SecurityGroupIds',
  'SecurityGroups',
  'TagSpecifications',
  'UserData',
]);

const invalid = (message: string): AwsError => new AwsError('InvalidParameterValue', message);

const onOff = ['enabled', 'disabled'];

/** Checks a template's value against those that AWS knows; a missing value is fine. */
const choices = (
  data: RequestLaunchTemplateData,
): [name: string, value: string | undefined, allowed: string[]][] => {
  const { MetadataOptions: metadata } = data;
  return [
    ['InstanceInitiatedShutdownBehavior', data.InstanceInitiatedShutdownBehavior, ['stop', 'terminate']],
    ['HttpTokens', metadata?.HttpTokens, ['optional', 'required']],
    ['HttpEndpoint', metadata?.HttpEndpoint, onOff],
    ['HttpProtocolIpv6', metadata?.HttpProtocolIpv6, onOff],
    ['InstanceMetadataTags', metadata?.InstanceMetadataTags, onOff],
    ['MarketType', data.InstanceMarketOptions?.MarketType, ['spot', 'capacity-block']],
    [
      'SpotInstanceType',
      data.InstanceMarketOptions?.SpotOptions?.SpotInstanceType,
      ['one-time', 'persistent'],
    ],
    ['Tenancy', data.Placement?.Tenancy, ['default', 'dedicated', 'host']],
    ...(data.BlockDeviceMappings ?? []).map(({ Ebs }): ReturnType<typeof choices>[number] => [
      'VolumeType',
      Ebs?.VolumeType,
      volumeTypes,
    ]),
    ...(data.TagSpecifications ?? []).map(({ ResourceType }): ReturnType<typeof choices>[number] => [
      'ResourceType',
      ResourceType,
      taggable,
    ]),
  ];
};

/** Resources that a launch can tag ("LaunchTemplateTagSpecificationRequest"). */
const taggable = ['instance', 'volume', 'network-interface', 'spot-instances-request'];

/** Throws for values that AWS does not know, and for invalid ids. */
const checkValues = (data: RequestLaunchTemplateData): void => {
  for (const [name, value, allowed] of choices(data)) {
    if (value !== undefined && !allowed.includes(value))
      throw invalid(`Invalid value '${value}' for ${name}.`);
  }
  if (data.InstanceType !== undefined && !isInstanceType(data.InstanceType)) {
    throw invalid(`Invalid value '${data.InstanceType}' for InstanceType.`);
  }
  checkUserData(data.UserData, 'InvalidUserData.Malformed');
  for (const { Tags } of data.TagSpecifications ?? []) checkTagCount('a resource', readTags(Tags));
  checkCapacityReservation(data.CapacityReservationSpecification ?? {});
  for (const id of data.SecurityGroupIds ?? []) checkId('sg', id);
  for (const { NetworkInterfaceId, SubnetId } of data.NetworkInterfaces ?? []) {
    if (NetworkInterfaceId !== undefined) checkId('eni', NetworkInterfaceId);
    if (SubnetId !== undefined) checkId('subnet', SubnetId);
  }
  for (const { Ebs } of data.BlockDeviceMappings ?? []) {
    if (Ebs?.SnapshotId !== undefined) checkId('snap', Ebs.SnapshotId);
  }
};

/**
 * Throws for data that the sandbox would ignore, and for an image that is neither an id nor a parameter (`resolve:ssm:NAME`).
 * Whether the image exists is not checked before a launch; moto's tests that were run against AWS use an id of six digits in
 * templates.
 */
export const checkData = (data: RequestLaunchTemplateData): void => {
  const unknown = Object.keys(data).find((member) => !known.has(member));
  if (unknown) throw notImplemented(`launch templates with ${unknown}`);
  if (Object.keys(data).length === 0) {
    throw new AwsError('MissingParameter', 'The request must contain the parameter LaunchTemplateData');
  }
  checkValues(data);
  const image = data.ImageId;
  if (image !== undefined && !/^(ami-[0-9a-f]+|resolve:ssm:\S+)$/.test(image)) checkId('ami', image);
  if (data.BlockDeviceMappings?.some(({ DeviceName }) => DeviceName === undefined)) {
    throw invalid('A block device mapping of a launch template needs a device name.');
  }
  if (data.SecurityGroupIds?.length && data.NetworkInterfaces?.some(({ Groups }) => Groups?.length)) {
    throw new AwsError(
      'InvalidParameterCombination',
      'Network interfaces and an instance-level security groups may not be specified on the same request',
    );
  }
};

/** Throws if a template contains launch data that the sandbox's RunInstances does not support. */
export const refuseUnknownLaunchData = (
  data: RequestLaunchTemplateData,
  knows: ReadonlySet<string>,
): void => {
  const unknown = Object.keys(data).find((member) => !knows.has(member));
  if (unknown) throw notImplemented(`ec2:RunInstances from a launch template with ${unknown}`);
};

/** Merges a new version's data with the version it is based on, whose snapshots are not inherited (CreateLaunchTemplateVersion). */
export const basedOn = (
  source: RequestLaunchTemplateData,
  data: RequestLaunchTemplateData,
): RequestLaunchTemplateData => ({
  ...source,
  ...(source.BlockDeviceMappings === undefined
    ? {}
    : { BlockDeviceMappings: source.BlockDeviceMappings.map(withoutSnapshot) }),
  ...data,
});

const withoutSnapshot = (
  mapping: LaunchTemplateBlockDeviceMappingRequest,
): LaunchTemplateBlockDeviceMappingRequest => {
  if (mapping.Ebs?.SnapshotId === undefined) return mapping;
  const { SnapshotId: _, ...ebs } = mapping.Ebs;
  return { ...mapping, Ebs: ebs };
};
