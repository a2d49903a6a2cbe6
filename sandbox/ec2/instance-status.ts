import type {
  DescribeInstanceStatusRequest,
  DescribeInstanceStatusResult,
  InstanceStatus,
  InstanceStatusSummary,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { pageOf, refuseIdsWithPageSize } from '../calls/pages.ts';
import { lookUpAll } from '../model/identifiers.ts';
import type { InstanceRecord } from '../model/records.ts';
import { instanceState } from '../state/lifecycle.ts';
import { type Fields, filtered, matchNothing } from './filters.ts';
import { visibleInstances } from './instance-records.ts';
import { stateView } from './instance-view.ts';
import { zoneId } from './regions.ts';

type Status = InstanceStatus & {
  InstanceStatus: InstanceStatusSummary;
  SystemStatus: InstanceStatusSummary;
  AttachedEbsStatus: InstanceStatusSummary;
};

const reachability = (summary: InstanceStatusSummary) => summary.Details?.map(({ Status }) => Status);

/** The sandbox has no scheduled events, operators or application checks. */
const fields = ({ region }: Context): Fields<Status> => ({
  'attached-ebs-status.status': ({ AttachedEbsStatus: { Status } }) => Status,
  'availability-zone': ({ AvailabilityZone }) => AvailabilityZone,
  'availability-zone-id': ({ AvailabilityZone = '' }) => zoneId(region, AvailabilityZone),
  'instance-state-code': ({ InstanceState }) => String(InstanceState?.Code),
  'instance-state-name': ({ InstanceState }) => InstanceState?.Name,
  'instance-status.reachability': ({ InstanceStatus }) => reachability(InstanceStatus),
  'instance-status.status': ({ InstanceStatus: { Status } }) => Status,
  'system-status.reachability': ({ SystemStatus }) => reachability(SystemStatus),
  'system-status.status': ({ SystemStatus: { Status } }) => Status,
  ...matchNothing(
    'application-status.status',
    'event.code',
    'event.description',
    'event.instance-event-id',
    'event.not-after',
    'event.not-before',
    'event.not-before-deadline',
    'operator.managed',
    'operator.principal',
  ),
});

export const instanceStatusOperations: Record<string, Operation> = {
  /** Only running instances, even if named, unless all are requested (DescribeInstanceStatus, `IncludeAllInstances`). */
  DescribeInstanceStatus: operation<DescribeInstanceStatusRequest, DescribeInstanceStatusResult>(
    ['InstanceIds', 'IncludeAllInstances', 'Filters', 'MaxResults', 'NextToken'],
    (context, input) => {
      refuseIdsWithPageSize(input.InstanceIds, 'instancesSet', input);
      const all = visibleInstances(context).filter(({ id }) => context.sees(id));
      const named = input.InstanceIds?.length
        ? lookUpAll('i', input.InstanceIds, (id) => all.find((instance) => instance.id === id))
        : all;
      const statuses = named
        .map((instance) => statusOf(context, instance))
        .filter(({ InstanceState }) => input.IncludeAllInstances || InstanceState?.Name === 'running');
      const shown = filtered(statuses, input.Filters, fields(context));
      const { items, next } = pageOf(
        'DescribeInstanceStatus',
        shown,
        ({ InstanceId = '' }) => InstanceId,
        input,
      );
      return { InstanceStatuses: items, NextToken: next };
    },
  ),
};

/** A running instance passes its checks at once; other instances have no checks. */
const statusOf = ({ now }: Context, instance: InstanceRecord): Status => {
  const state = instanceState(instance, now);
  const summary = (): InstanceStatusSummary =>
    state === 'running'
      ? { Status: 'ok', Details: [{ Name: 'reachability', Status: 'passed' }] }
      : { Status: 'not-applicable' };
  return {
    InstanceId: instance.id,
    AvailabilityZone: instance.zone,
    InstanceState: stateView(state),
    InstanceStatus: summary(),
    SystemStatus: summary(),
    AttachedEbsStatus: summary(),
  };
};
