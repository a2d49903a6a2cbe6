import { randomUUID } from 'node:crypto';
import type {
  CreateLaunchConfigurationType,
  LaunchConfiguration,
  LaunchConfigurationNamesType,
  LaunchConfigurationNameType,
  LaunchConfigurationsType,
} from '@aws-sdk/client-auto-scaling';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { launchableImage } from '../ec2/image-records.ts';
import { architectureOf } from '../ec2/instance-types.ts';
import { keyPairNamed } from '../ec2/key-pairs.ts';
import { securityGroupNamed, securityGroupWithId } from '../ec2/security-groups.ts';
import { visibleSnapshot } from '../ec2/snapshots.ts';
import { AwsError } from '../model/aws-error.ts';
import { lookUp } from '../model/identifiers.ts';
import type { LaunchConfigurationRecord } from '../model/records.ts';
import { asked, invalid } from './errors.ts';
import { checkName, pageNamed } from './pages.ts';

/** Per region ("Quotas for Auto Scaling resources and groups"). */
const mostConfigurations = 200;

/** Characters of base64 (CreateLaunchConfiguration, `UserData`), that is EC2's 16 KiB. */
const mostUserData = 21_847;

const configurations = ({ store, account, region }: Context) =>
  store.of('launchConfiguration', account, region);

/** A launch configuration by name or ARN; undefined if there is none. */
export const launchConfiguration = (context: Context, name: string): LaunchConfigurationRecord | undefined =>
  configurations(context).get(name) ??
  configurations(context)
    .list()
    .find(({ arn }) => arn === name);

/** Throws if EC2 would refuse the launch: Auto Scaling asks it first. */
const check = (context: Context, input: CreateLaunchConfigurationType): void => {
  const { ImageId, InstanceType, KeyName, SecurityGroups = [], MetadataOptions } = input;
  if (ImageId === undefined || InstanceType === undefined) {
    throw invalid(
      'Valid requests must contain either the InstanceID parameter or both the ImageId and InstanceType parameters.',
    );
  }
  asked('AMI cannot be described: ', () => launchableImage(context, ImageId));
  asked('', () => architectureOf(InstanceType));
  if (KeyName !== undefined) asked('', () => keyPairNamed(context, KeyName));
  for (const group of SecurityGroups) {
    asked('', () =>
      group.startsWith('sg-') ? securityGroupWithId(context, group) : securityGroupNamed(context, group),
    );
  }
  if ((input.UserData?.length ?? 0) > mostUserData) {
    throw invalid(
      `1 validation error detected: Value at 'userData' failed to satisfy constraint: Member must have length less than or equal to ${mostUserData}`,
    );
  }
  for (const { Ebs } of input.BlockDeviceMappings ?? []) {
    const snapshot = Ebs?.SnapshotId;
    if (snapshot !== undefined)
      asked('', () => lookUp('snap', snapshot, (id) => visibleSnapshot(context, id)));
  }
  const { HttpTokens = 'optional', HttpEndpoint = 'enabled' } = MetadataOptions ?? {};
  if (!['optional', 'required'].includes(HttpTokens))
    throw invalid(`Invalid value '${HttpTokens}' for HttpTokens.`);
  if (!['disabled', 'enabled'].includes(HttpEndpoint)) {
    throw invalid(`Invalid value '${HttpEndpoint}' for HttpEndpoint.`);
  }
};

const view = ({ arn, createdAt, given }: LaunchConfigurationRecord): LaunchConfiguration => ({
  ...given,
  LaunchConfigurationName: given.LaunchConfigurationName,
  LaunchConfigurationARN: arn,
  ImageId: given.ImageId,
  InstanceType: given.InstanceType,
  KeyName: given.KeyName ?? '',
  UserData: given.UserData ?? '',
  KernelId: '',
  RamdiskId: '',
  SecurityGroups: given.SecurityGroups ?? [],
  ClassicLinkVPCSecurityGroups: [],
  BlockDeviceMappings: given.BlockDeviceMappings ?? [],
  InstanceMonitoring: given.InstanceMonitoring ?? { Enabled: true },
  EbsOptimized: given.EbsOptimized ?? false,
  CreatedTime: new Date(createdAt),
});

export const launchConfigurationOperations: Record<string, Operation> = {
  CreateLaunchConfiguration: operation<CreateLaunchConfigurationType, object>(
    [
      'LaunchConfigurationName',
      'ImageId',
      'InstanceType',
      'KeyName',
      'SecurityGroups',
      'UserData',
      'BlockDeviceMappings',
      'InstanceMonitoring',
      'EbsOptimized',
      'AssociatePublicIpAddress',
      'PlacementTenancy',
      'MetadataOptions',
    ],
    (context, input) => {
      const { LaunchConfigurationName: name = '' } = input;
      checkName(name, 'launchConfigurationName');
      if (configurations(context).get(name)) {
        throw new AwsError(
          'AlreadyExists',
          `Launch Configuration by this name already exists - A launch configuration already exists with the name ${name}`,
        );
      }
      if (configurations(context).list().length >= mostConfigurations) {
        throw new AwsError(
          'LimitExceeded',
          `A region has at most ${mostConfigurations} launch configurations.`,
        );
      }
      check(context, input);
      configurations(context).put(name, {
        arn: `arn:aws:autoscaling:${context.region}:${context.account}:launchConfiguration:${randomUUID()}:launchConfigurationName/${name}`,
        createdAt: context.now.toISOString(),
        given: input,
      });
      return {};
    },
  ),

  DescribeLaunchConfigurations: operation<LaunchConfigurationNamesType, LaunchConfigurationsType>(
    ['LaunchConfigurationNames', 'MaxRecords', 'NextToken'],
    (context, input) => {
      const { items, next } = pageNamed(
        'DescribeLaunchConfigurations',
        configurations(context).list(),
        ({ given }) => given.LaunchConfigurationName ?? '',
        input.LaunchConfigurationNames,
        input,
      );
      return { LaunchConfigurations: items.map(view), NextToken: next };
    },
  ),

  DeleteLaunchConfiguration: operation<LaunchConfigurationNameType, object>(
    ['LaunchConfigurationName'],
    (context, { LaunchConfigurationName: name = '' }) => {
      if (!configurations(context).get(name)) {
        throw invalid(`Launch configuration name not found - Launch configuration ${name} not found`);
      }
      const user = context.store
        .of('autoScalingGroup', context.account, context.region)
        .list()
        .find(({ group }) => group.LaunchConfigurationName === name);
      if (user) {
        throw new AwsError(
          'ResourceInUse',
          `Cannot delete launch configuration ${name} because it is attached to AutoScalingGroup ${user.group.AutoScalingGroupName}`,
        );
      }
      configurations(context).delete(name);
      return {};
    },
  ),
};
