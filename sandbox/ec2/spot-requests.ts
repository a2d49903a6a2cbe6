import type {
  CancelSpotInstanceRequestsRequest,
  CancelSpotInstanceRequestsResult,
  DescribeSpotInstanceRequestsRequest,
  DescribeSpotInstanceRequestsResult,
  InstanceMarketOptionsRequest,
  SpotInstanceRequest,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { pageOf, refuseIdsWithPageSize } from '../calls/pages.ts';
import { AwsError, notImplemented } from '../model/aws-error.ts';
import { lookUpAll } from '../model/identifiers.ts';
import type { InstanceRecord } from '../model/records.ts';
import type { SpotRequestRecord } from '../model/spot-records.ts';
import { type Fields, filtered, matchNothing } from './filters.ts';
import { groupsOf } from './network-interface-view.ts';
import { zoneId } from './regions.ts';
import { onDemandPriceOf, spotPriceOf, written } from './spot-prices.ts';
import { tagListOf, tagsOf } from './tag-set.ts';

const requests = ({ store, account, region }: Context) => store.of('spotRequest', account, region);

const knownOptions = new Set(['MaxPrice', 'SpotInstanceType', 'InstanceInterruptionBehavior']);

/**
 * What a launch asks of the Spot market: the highest price; undefined where it is to run on demand. Throws
 * `SpotMaxPriceTooLow` for less than the type costs in its zone.
 */
export const spotPriceAsked = (
  options: InstanceMarketOptionsRequest | undefined,
  type: string,
  zone: string,
): string | undefined => {
  if (!options?.MarketType) return undefined;
  if (options.MarketType !== 'spot') {
    if (options.MarketType === 'capacity-block')
      throw notImplemented('ec2:RunInstances with capacity blocks');
    throw new AwsError('InvalidParameterValue', `Invalid value '${options.MarketType}' for MarketType.`);
  }
  const { SpotOptions: spot = {} } = options;
  const unknown = Object.keys(spot).find((member) => !knownOptions.has(member));
  if (unknown) throw notImplemented(`Spot Instances with ${unknown}`);
  const { SpotInstanceType: kind = 'one-time', InstanceInterruptionBehavior: behavior = 'terminate' } = spot;
  if (!['one-time', 'persistent'].includes(kind)) {
    throw new AwsError('InvalidParameterValue', `Invalid value '${kind}' for SpotInstanceType.`);
  }
  if (!['terminate', 'stop', 'hibernate'].includes(behavior)) {
    throw new AwsError(
      'InvalidParameterValue',
      `Invalid value '${behavior}' for InstanceInterruptionBehavior.`,
    );
  }
  if (kind === 'persistent') throw notImplemented('persistent Spot Instance requests');
  // "For RunInstances, persistent Spot Instance requests are only supported when the instance interruption behavior is either hibernate or stop."
  if (behavior !== 'terminate') {
    throw new AwsError(
      'InvalidParameterCombination',
      `The instance interruption behavior '${behavior}' needs a persistent Spot Instance request.`,
    );
  }
  const highest = spot.MaxPrice ?? written(onDemandPriceOf(type));
  if (!/^\d+(\.\d+)?$/.test(highest) || Number(highest) <= 0) {
    throw new AwsError('InvalidParameterValue', `Invalid value '${highest}' for the maximum price.`);
  }
  const price = spotPriceOf(type, zone);
  if (Number(highest) < price) {
    throw new AwsError(
      'SpotMaxPriceTooLow',
      `Your Spot request price of ${highest} is lower than the minimum required Spot request fulfillment price of ${written(price)}.`,
    );
  }
  return highest;
};

export const putSpotRequest = (
  context: Context,
  { id, instance, maxPrice }: Pick<SpotRequestRecord, 'id' | 'instance' | 'maxPrice'>,
): void =>
  requests(context).put(id, {
    id,
    createdAt: context.now.toISOString(),
    instance,
    maxPrice,
    state: 'active',
    status: statusNow(context, 'fulfilled', 'Your Spot request is fulfilled.'),
  });

const statusNow = (
  { now }: Pick<Context, 'now'>,
  code: string,
  message: string,
): SpotRequestRecord['status'] => ({
  code,
  message,
  at: now.toISOString(),
});

/** Codes of "Spot request status" for an instance that ended, by who ended it. */
const ends = {
  user: ['instance-terminated-by-user', 'Your Spot instance was terminated or stopped by you.'],
  market: [
    'instance-terminated-no-capacity',
    'Your Spot instance was terminated because there is no longer enough Spot capacity available.',
  ],
} as const;

/** Ends the request of an instance that ended; a cancelled one stays that. */
export const closeSpotRequest = (
  context: Pick<Context, 'store' | 'region' | 'now'>,
  { spotRequest, owner }: InstanceRecord,
  by: keyof typeof ends,
): void => {
  const all = context.store.of('spotRequest', owner, context.region);
  const request = spotRequest === undefined ? undefined : all.get(spotRequest);
  if (!request) return;
  const [code, message] = ends[by];
  all.put(request.id, {
    ...request,
    state: request.state === 'cancelled' ? 'cancelled' : 'closed',
    status: statusNow(context, code, message),
  });
};

const view = (
  context: Context,
  request: SpotRequestRecord,
): SpotInstanceRequest & { SpotInstanceRequestId: string } => {
  const instance = context.store.of('instance', context.account, context.region).get(request.instance);
  return {
    SpotInstanceRequestId: request.id,
    CreateTime: new Date(request.createdAt),
    InstanceId: request.instance,
    InstanceInterruptionBehavior: 'terminate',
    LaunchedAvailabilityZone: instance?.zone,
    LaunchedAvailabilityZoneId: instance && zoneId(context.region, instance.zone),
    ProductDescription: 'Linux/UNIX',
    SpotPrice: request.maxPrice,
    State: request.state,
    Status: {
      Code: request.status.code,
      Message: request.status.message,
      UpdateTime: new Date(request.status.at),
    },
    Type: 'one-time',
    Tags: tagListOf(context, request.id),
    ...(instance
      ? {
          LaunchSpecification: {
            ImageId: instance.image,
            InstanceType: instance.type as 't3.micro',
            KeyName: instance.keyName,
            Placement: { AvailabilityZone: instance.zone },
            SecurityGroups: groupsOf(context, instance),
            SubnetId: instance.subnet,
            EbsOptimized: instance.ebsOptimized,
            Monitoring: { Enabled: instance.monitoring },
          },
        }
      : {}),
  };
};

type Shown = ReturnType<typeof view>;

const fields: Fields<Shown> = {
  'create-time': ({ CreateTime }) => CreateTime?.toISOString(),
  'instance-id': ({ InstanceId }) => InstanceId,
  'launch.group-id': ({ LaunchSpecification }) =>
    LaunchSpecification?.SecurityGroups?.map(({ GroupId }) => GroupId) ?? [],
  'launch.group-name': ({ LaunchSpecification }) =>
    LaunchSpecification?.SecurityGroups?.map(({ GroupName }) => GroupName) ?? [],
  'launch.image-id': ({ LaunchSpecification }) => LaunchSpecification?.ImageId,
  'launch.instance-type': ({ LaunchSpecification }) => LaunchSpecification?.InstanceType,
  'launch.key-name': ({ LaunchSpecification }) => LaunchSpecification?.KeyName,
  'launch.monitoring-enabled': ({ LaunchSpecification }) => String(LaunchSpecification?.Monitoring?.Enabled),
  'launched-availability-zone': ({ LaunchedAvailabilityZone }) => LaunchedAvailabilityZone,
  'launched-availability-zone-id': ({ LaunchedAvailabilityZoneId }) => LaunchedAvailabilityZoneId,
  'network-interface.subnet-id': ({ LaunchSpecification }) => LaunchSpecification?.SubnetId,
  'product-description': ({ ProductDescription }) => ProductDescription,
  'spot-instance-request-id': ({ SpotInstanceRequestId }) => SpotInstanceRequestId,
  'spot-price': ({ SpotPrice }) => SpotPrice,
  state: ({ State }) => State,
  'status-code': ({ Status }) => Status?.Code,
  'status-message': ({ Status }) => Status?.Message,
  type: ({ Type }) => Type,
  ...matchNothing(
    'availability-zone-group',
    'fault-code',
    'fault-message',
    'launch-group',
    'launch.block-device-mapping.delete-on-termination',
    'launch.block-device-mapping.device-name',
    'launch.block-device-mapping.snapshot-id',
    'launch.block-device-mapping.volume-size',
    'launch.block-device-mapping.volume-type',
    'launch.kernel-id',
    'launch.ramdisk-id',
    'network-interface.addresses.primary',
    'network-interface.delete-on-termination',
    'network-interface.description',
    'network-interface.device-index',
    'network-interface.group-id',
    'network-interface.network-interface-id',
    'network-interface.private-ip-address',
    'valid-from',
    'valid-until',
  ),
};

export const spotRequestOperations: Record<string, Operation> = {
  DescribeSpotInstanceRequests: operation<
    DescribeSpotInstanceRequestsRequest,
    DescribeSpotInstanceRequestsResult
  >(['SpotInstanceRequestIds', 'Filters', 'MaxResults', 'NextToken'], (context, input) => {
    refuseIdsWithPageSize(input.SpotInstanceRequestIds, 'spotInstanceRequestIdSet', input);
    const named = input.SpotInstanceRequestIds?.length
      ? lookUpAll('sir', input.SpotInstanceRequestIds, (id) => requests(context).get(id))
      : requests(context).list();
    const shown = filtered(
      named.map((request) => view(context, request)),
      input.Filters,
      fields,
      ({ SpotInstanceRequestId }) => tagsOf(context, SpotInstanceRequestId),
    );
    const { items, next } = pageOf(
      'DescribeSpotInstanceRequests',
      shown,
      ({ SpotInstanceRequestId }) => SpotInstanceRequestId,
      input,
    );
    return { SpotInstanceRequests: items, NextToken: next };
  }),

  /** "Canceling a Spot Instance request does not terminate running Spot Instances" (CancelSpotInstanceRequests). */
  CancelSpotInstanceRequests: operation<CancelSpotInstanceRequestsRequest, CancelSpotInstanceRequestsResult>(
    ['SpotInstanceRequestIds'],
    (context, { SpotInstanceRequestIds = [] }) => {
      const found = lookUpAll('sir', SpotInstanceRequestIds, (id) => requests(context).get(id));
      for (const request of found) {
        if (request.state !== 'active') continue;
        const status = statusNow(
          context,
          'request-canceled-and-instance-running',
          'Your Spot request is canceled, but your instance is still running.',
        );
        requests(context).put(request.id, { ...request, state: 'cancelled', status });
      }
      return {
        CancelledSpotInstanceRequests: found.map(({ id, state }) => ({
          SpotInstanceRequestId: id,
          State: state === 'closed' ? 'closed' : 'cancelled',
        })),
      };
    },
  ),
};
