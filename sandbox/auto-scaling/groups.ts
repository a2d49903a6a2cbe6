import { randomUUID } from 'node:crypto';
import type {
  AutoScalingGroup,
  AutoScalingGroupNamesType,
  AutoScalingGroupsType,
  CreateAutoScalingGroupType,
  DeleteAutoScalingGroupType,
  Filter,
  UpdateAutoScalingGroupType,
} from '@aws-sdk/client-auto-scaling';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import type { AutoScalingGroupRecord } from '../model/records.ts';
import { invalid } from './errors.ts';
import { checkHealth, checkSizes, placeOf, tagsShown } from './group-settings.ts';
import { launchSourceOf, oneOf } from './launch-source.ts';
import { checkName, pageNamed } from './pages.ts';

/** Per region ("Quotas for Auto Scaling resources and groups"). */
const mostGroups = 500;

const groups = ({ store, account, region }: Context) => store.of('autoScalingGroup', account, region);

const created = (context: Context, input: CreateAutoScalingGroupType): AutoScalingGroupRecord => {
  const { AutoScalingGroupName: name = '', MinSize = 0, MaxSize = 0 } = input;
  checkName(name, 'autoScalingGroupName');
  if (groups(context).get(name)) {
    throw new AwsError(
      'AlreadyExists',
      `AutoScalingGroup by this name already exists - A group with the name ${name} already exists`,
    );
  }
  if (groups(context).list().length >= mostGroups) {
    throw new AwsError('LimitExceeded', `A region has at most ${mostGroups} Auto Scaling groups.`);
  }
  const sizes = { MinSize, MaxSize, DesiredCapacity: input.DesiredCapacity ?? MinSize };
  checkSizes(sizes);
  checkHealth(input.HealthCheckType);
  const source = launchSourceOf(context, input);
  if (!source) throw invalid(oneOf);
  const { account, region, now } = context;
  return {
    arn: `arn:aws:autoscaling:${region}:${account}:autoScalingGroup:${randomUUID()}:autoScalingGroupName/${name}`,
    createdAt: now.toISOString(),
    group: {
      AutoScalingGroupName: name,
      ...source,
      ...sizes,
      ...placeOf(context, input),
      DefaultCooldown: input.DefaultCooldown ?? 300,
      HealthCheckType: input.HealthCheckType ?? 'EC2',
      HealthCheckGracePeriod: input.HealthCheckGracePeriod ?? 0,
      LoadBalancerNames: [],
      TargetGroupARNs: [],
      SuspendedProcesses: [],
      EnabledMetrics: [],
      Tags: tagsShown(name, input.Tags),
      TerminationPolicies: input.TerminationPolicies ?? ['Default'],
      NewInstancesProtectedFromScaleIn: input.NewInstancesProtectedFromScaleIn ?? false,
      ServiceLinkedRoleARN: `arn:aws:iam::${account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`,
      TrafficSources: [],
    },
  };
};

const changed = (
  context: Context,
  { group, ...record }: AutoScalingGroupRecord,
  input: UpdateAutoScalingGroupType,
): AutoScalingGroupRecord => {
  const { LaunchConfigurationName, LaunchTemplate, MixedInstancesPolicy, ...rest } = group;
  const source = launchSourceOf(context, input) ?? {
    ...(LaunchConfigurationName === undefined ? {} : { LaunchConfigurationName }),
    ...(LaunchTemplate === undefined ? {} : { LaunchTemplate }),
    ...(MixedInstancesPolicy === undefined ? {} : { MixedInstancesPolicy }),
  };
  const MinSize = input.MinSize ?? group.MinSize ?? 0;
  const MaxSize = input.MaxSize ?? group.MaxSize ?? 0;
  // The desired capacity moves with a bound that passes it (UpdateAutoScalingGroup).
  const before = Math.min(Math.max(group.DesiredCapacity ?? 0, MinSize), MaxSize);
  const sizes = { MinSize, MaxSize, DesiredCapacity: input.DesiredCapacity ?? before };
  checkSizes(sizes);
  checkHealth(input.HealthCheckType);
  const moves = input.AvailabilityZones !== undefined || input.VPCZoneIdentifier !== undefined;
  return {
    ...record,
    group: {
      ...rest,
      ...source,
      ...sizes,
      ...(moves ? placeOf(context, input) : {}),
      ...given(input, 'DefaultCooldown'),
      ...given(input, 'HealthCheckType'),
      ...given(input, 'HealthCheckGracePeriod'),
      ...given(input, 'TerminationPolicies'),
      ...given(input, 'NewInstancesProtectedFromScaleIn'),
    },
  };
};

const given = <T extends object, K extends keyof T>(input: T, member: K): Partial<Pick<T, K>> =>
  input[member] === undefined ? {} : ({ [member]: input[member] } as Pick<T, K>);

const view = ({ arn, createdAt, group }: AutoScalingGroupRecord): AutoScalingGroup => ({
  ...group,
  AutoScalingGroupName: group.AutoScalingGroupName,
  AutoScalingGroupARN: arn,
  CreatedTime: new Date(createdAt),
  Instances: [],
});

const filterTest = ({ Name = '', Values = [] }: Filter): ((record: AutoScalingGroupRecord) => boolean) => {
  const read = (record: AutoScalingGroupRecord): (string | undefined)[] => {
    const tags = record.group.Tags ?? [];
    if (Name === 'tag-key') return tags.map(({ Key }) => Key);
    if (Name === 'tag-value') return tags.map(({ Value }) => Value);
    return tags.filter(({ Key }) => `tag:${Key}` === Name).map(({ Value }) => Value);
  };
  if (Name !== 'tag-key' && Name !== 'tag-value' && !/^tag:.+/.test(Name)) {
    throw invalid(
      `Filter type ${Name} is not correct. Allowed Filter types are: tag-key tag-value tag:<key>`,
    );
  }
  return (record) => read(record).some((value) => value !== undefined && Values.includes(value));
};

export const groupOperations: Record<string, Operation> = {
  /** Starts no instances, as if EC2 never had capacity. */
  CreateAutoScalingGroup: operation<CreateAutoScalingGroupType, object>(
    [
      'AutoScalingGroupName',
      'LaunchConfigurationName',
      'LaunchTemplate',
      'MixedInstancesPolicy',
      'MinSize',
      'MaxSize',
      'DesiredCapacity',
      'DefaultCooldown',
      'AvailabilityZones',
      'VPCZoneIdentifier',
      'HealthCheckType',
      'HealthCheckGracePeriod',
      'TerminationPolicies',
      'NewInstancesProtectedFromScaleIn',
      'Tags',
    ],
    (context, input) => {
      const record = created(context, input);
      groups(context).put(record.group.AutoScalingGroupName ?? '', record);
      return {};
    },
  ),

  DescribeAutoScalingGroups: operation<AutoScalingGroupNamesType, AutoScalingGroupsType>(
    ['AutoScalingGroupNames', 'IncludeInstances', 'Filters', 'MaxRecords', 'NextToken'],
    (context, input) => {
      const tests = (input.Filters ?? []).map(filterTest);
      const { items, next } = pageNamed(
        'DescribeAutoScalingGroups',
        groups(context)
          .list()
          .filter((record) => tests.every((test) => test(record))),
        ({ group }) => group.AutoScalingGroupName ?? '',
        input.AutoScalingGroupNames,
        input,
      );
      return { AutoScalingGroups: items.map(view), NextToken: next };
    },
  ),

  UpdateAutoScalingGroup: operation<UpdateAutoScalingGroupType, object>(
    [
      'AutoScalingGroupName',
      'LaunchConfigurationName',
      'LaunchTemplate',
      'MixedInstancesPolicy',
      'MinSize',
      'MaxSize',
      'DesiredCapacity',
      'DefaultCooldown',
      'AvailabilityZones',
      'VPCZoneIdentifier',
      'HealthCheckType',
      'HealthCheckGracePeriod',
      'TerminationPolicies',
      'NewInstancesProtectedFromScaleIn',
    ],
    (context, input) => {
      const { AutoScalingGroupName: name = '' } = input;
      const record = groups(context).get(name);
      if (!record) throw invalid('AutoScalingGroup name not found - null');
      groups(context).put(name, changed(context, record, input));
      return {};
    },
  ),

  /** On AWS a group with a desired capacity has instances, so it can only be deleted by force. */
  DeleteAutoScalingGroup: operation<DeleteAutoScalingGroupType, object>(
    ['AutoScalingGroupName', 'ForceDelete'],
    (context, { AutoScalingGroupName: name = '', ForceDelete }) => {
      const record = groups(context).get(name);
      if (!record) throw invalid(`AutoScalingGroup name not found - AutoScalingGroup '${name}' not found`);
      if (!ForceDelete && (record.group.DesiredCapacity ?? 0) > 0) {
        throw new AwsError(
          'ResourceInUse',
          'You cannot delete an AutoScalingGroup while there are instances still in the group.',
        );
      }
      groups(context).delete(name);
      return {};
    },
  ),
};
