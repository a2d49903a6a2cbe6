import type {
  DescribeInstanceAttributeRequest,
  DescribeInstancesRequest,
  DescribeInstancesResult,
  InstanceAttribute,
  ModifyInstanceAttributeRequest,
} from '@aws-sdk/client-ec2';
import { type Operation, operation } from '../calls/operation.ts';
import { pageOf, refuseIdsWithPageSize } from '../calls/pages.ts';
import { AwsError, notImplemented } from '../model/aws-error.ts';
import { lookUpAll } from '../model/identifiers.ts';
import type { InstanceRecord } from '../model/records.ts';
import { instanceState } from '../state/lifecycle.ts';
import { filtered } from './filters.ts';
import { instanceFields } from './instance-fields.ts';
import { ownInstance, putInstance, visibleInstances } from './instance-records.ts';
import { attachedVolumes, reservationsOf } from './instance-view.ts';
import { tagsOf } from './tag-set.ts';

const attributes: Record<string, (instance: InstanceRecord) => InstanceAttribute> = {
  blockDeviceMapping: ({ volumes }) => ({ BlockDeviceMappings: attachedVolumes(volumes) }),
  disableApiTermination: ({ terminationProtection: Value }) => ({ DisableApiTermination: { Value } }),
  ebsOptimized: ({ ebsOptimized: Value }) => ({ EbsOptimized: { Value } }),
  enaSupport: ({ enaSupport: Value }) => ({ EnaSupport: { Value } }),
  enclaveOptions: () => ({ EnclaveOptions: { Enabled: false } }),
  groupSet: ({ groups }) => ({ Groups: groups.map((GroupId) => ({ GroupId })) }),
  instanceInitiatedShutdownBehavior: ({ shutdownBehavior: Value }) => ({
    InstanceInitiatedShutdownBehavior: { Value },
  }),
  instanceType: ({ type: Value }) => ({ InstanceType: { Value } }),
  productCodes: () => ({ ProductCodes: [] }),
  rootDeviceName: ({ rootDeviceName: Value }) => ({ RootDeviceName: { Value } }),
  sriovNetSupport: ({ sriovNetSupport: Value }) => ({ SriovNetSupport: { Value } }),
  userData: ({ userData: Value }) => ({ UserData: { Value } }),
};

const lackingAttributes: ReadonlySet<string> = new Set([
  'disableApiStop',
  'kernel',
  'ramdisk',
  'sourceDestCheck',
]);

/** The change that a ModifyInstanceAttribute makes; members that need a stopped instance come first. */
const changeOf = (
  input: ModifyInstanceAttributeRequest,
): { change: Partial<InstanceRecord>; stopped: boolean } => {
  const { EnaSupport, SriovNetSupport, DisableApiTermination, InstanceInitiatedShutdownBehavior } = input;
  const values = [EnaSupport, SriovNetSupport, DisableApiTermination, InstanceInitiatedShutdownBehavior];
  const given = values.filter((value) => value?.Value !== undefined).length;
  if (given === 0) throw new AwsError('InvalidParameterCombination', 'No attributes specified.');
  if (given > 1) {
    throw new AwsError('InvalidParameterCombination', 'Fields for multiple attribute types specified');
  }
  if (EnaSupport?.Value !== undefined) return { change: { enaSupport: EnaSupport.Value }, stopped: true };
  if (SriovNetSupport?.Value !== undefined) {
    if (SriovNetSupport.Value !== 'simple') {
      throw new AwsError(
        'InvalidParameterValue',
        `Value (${SriovNetSupport.Value}) for parameter value is invalid.`,
      );
    }
    return { change: { sriovNetSupport: 'simple' }, stopped: true };
  }
  if (DisableApiTermination?.Value !== undefined) {
    return { change: { terminationProtection: DisableApiTermination.Value }, stopped: false };
  }
  const shutdownBehavior = InstanceInitiatedShutdownBehavior?.Value ?? '';
  if (shutdownBehavior !== 'stop' && shutdownBehavior !== 'terminate') {
    throw new AwsError(
      'InvalidParameterValue',
      `Value (${shutdownBehavior}) for parameter value is invalid.`,
    );
  }
  return { change: { shutdownBehavior }, stopped: false };
};

export const instanceOperations: Record<string, Operation> = {
  DescribeInstances: operation<DescribeInstancesRequest, DescribeInstancesResult>(
    ['InstanceIds', 'Filters', 'MaxResults', 'NextToken'],
    (context, input) => {
      refuseIdsWithPageSize(input.InstanceIds, 'instancesSet', input);
      const all = visibleInstances(context);
      const named = input.InstanceIds?.length
        ? lookUpAll('i', input.InstanceIds, (id) =>
            all.find((instance) => instance.id === id && context.sees(id)),
          )
        : all;
      const shown = filtered(named, input.Filters, instanceFields(context), ({ id }) => tagsOf(context, id));
      const seen = shown.filter(({ id }) => context.sees(id));
      const { items, next } = pageOf('DescribeInstances', seen, ({ id }) => id, input);
      return { Reservations: reservationsOf(context, items), NextToken: next };
    },
  ),

  DescribeInstanceAttribute: operation<DescribeInstanceAttributeRequest, InstanceAttribute>(
    ['InstanceId', 'Attribute'],
    (context, { InstanceId = '', Attribute = '' }) => {
      const instance = ownInstance(context, InstanceId);
      const read = Object.hasOwn(attributes, Attribute) ? attributes[Attribute] : undefined;
      if (lackingAttributes.has(Attribute)) {
        throw notImplemented(`ec2:DescribeInstanceAttribute of ${Attribute}`);
      }
      if (!read) {
        throw new AwsError(
          'InvalidParameterValue',
          `Value (${Attribute}) for parameter attribute is invalid. Unknown attribute.`,
        );
      }
      return { InstanceId, ...read(instance) };
    },
  ),

  ModifyInstanceAttribute: operation<ModifyInstanceAttributeRequest, object>(
    [
      'InstanceId',
      'EnaSupport',
      'SriovNetSupport',
      'DisableApiTermination',
      'InstanceInitiatedShutdownBehavior',
    ],
    (context, input) => {
      const instance = ownInstance(context, input.InstanceId ?? '');
      const { change, stopped } = changeOf(input);
      const state = instanceState(instance, context.now);
      if (instance.state === 'terminated' || (stopped && state !== 'stopped')) {
        throw new AwsError(
          'IncorrectInstanceState',
          `The instance '${instance.id}' is not in the 'stopped' state.`,
        );
      }
      putInstance(context, { ...instance, ...change });
      return {};
    },
  ),
};
