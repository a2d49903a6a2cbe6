import type { LaunchTemplateBlockDeviceMappingRequest, RequestLaunchTemplateData } from '@aws-sdk/client-ec2';
import { AwsError, notImplemented } from '../aws-error.ts';
import { checkId } from '../identifiers.ts';

/** What a launch template of the sandbox may say; it is kept and shown, and looked at when it is used. */
const known: ReadonlySet<string> = new Set<keyof RequestLaunchTemplateData>([
  'BlockDeviceMappings',
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

/**
 * Throws for data that the sandbox would pass over, and for an image that is neither an id nor a parameter
 * (`resolve:ssm:NAME`). Whether the image exists is nobody's question before a launch; moto's tests that were run
 * against AWS give templates an id of six digits.
 */
export const checkData = (data: RequestLaunchTemplateData): void => {
  const unknown = Object.keys(data).find((member) => !known.has(member));
  if (unknown) throw notImplemented(`launch templates with ${unknown}`);
  if (Object.keys(data).length === 0) {
    throw new AwsError('MissingParameter', 'The request must contain the parameter LaunchTemplateData');
  }
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

/** Throws where a template says of a launch what RunInstances of the sandbox does not carry out. */
export const refuseUnknownLaunchData = (
  data: RequestLaunchTemplateData,
  knows: ReadonlySet<string>,
): void => {
  const unknown = Object.keys(data).find((member) => !knows.has(member));
  if (unknown) throw notImplemented(`ec2:RunInstances from a launch template with ${unknown}`);
};

/** A new version's data over that of the version it is based on, whose snapshots are not inherited (CreateLaunchTemplateVersion). */
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
