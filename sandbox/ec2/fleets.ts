import type {
  DescribeFleetsRequest,
  DescribeFleetsResult,
  DescribeSpotFleetRequestsRequest,
  DescribeSpotFleetRequestsResponse,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { pageOf } from '../calls/pages.ts';
import type { FleetRecord } from '../model/fleet-records.ts';
import { type Fields, filtered } from './filters.ts';

const ownFleets = ({ store, account, region }: Context) => store.of('fleet', account, region).list();
const ownSpotFleets = ({ store, account, region }: Context) => store.of('spotFleet', account, region).list();

const filters: Fields<FleetRecord> = {
  'activity-status': ({ fleet }) => fleet.ActivityStatus,
  'excess-capacity-termination-policy': ({ fleet }) => fleet.ExcessCapacityTerminationPolicy,
  'fleet-state': ({ fleet }) => fleet.FleetState,
  'replace-unhealthy-instances': ({ fleet }) => String(fleet.ReplaceUnhealthyInstances ?? false),
  type: ({ fleet }) => fleet.Type,
};

/** Fleets from the seed: no call creates one of these, and none has an instance. */
export const fleetOperations: Record<string, Operation> = {
  /** A fleet of type `instant` is shown only by its id (DescribeFleets, `FleetIds`). */
  DescribeFleets: operation<DescribeFleetsRequest, DescribeFleetsResult>(
    ['Filters', 'MaxResults', 'NextToken'],
    (context, input) => {
      const shown = ownFleets(context).filter(({ fleet }) => fleet.Type !== 'instant');
      const found = filtered(shown, input.Filters, filters);
      const { items, next } = pageOf('DescribeFleets', found, ({ id }) => id, input, { least: 1 });
      return {
        Fleets: items.map(({ id, createdAt, fleet }) => ({
          ...fleet,
          FleetId: id,
          CreateTime: new Date(createdAt),
        })),
        NextToken: next,
      };
    },
  ),

  DescribeSpotFleetRequests: operation<DescribeSpotFleetRequestsRequest, DescribeSpotFleetRequestsResponse>(
    ['MaxResults', 'NextToken'],
    (context, input) => {
      const found = ownSpotFleets(context);
      const { items, next } = pageOf('DescribeSpotFleetRequests', found, ({ id }) => id, input, { least: 1 });
      return {
        SpotFleetRequestConfigs: items.map(({ id, createdAt, request }) => ({
          ...request,
          SpotFleetRequestId: id,
          CreateTime: new Date(createdAt),
        })),
        NextToken: next,
      };
    },
  ),
};
