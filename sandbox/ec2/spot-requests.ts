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

export interface SpotAsked {
  maxPrice: string;
  isPersistent: boolean;
}

/**
 * The Spot options of a launch; undefined for an On-Demand launch. Throws `SpotMaxPriceTooLow` for less than the type's price
 * in its zone.
 */
export const spotAsked = (
  options: InstanceMarketOptionsRequest | undefined,
  type: string,
  zone: string,
): SpotAsked | undefined => {
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
  // "For RunInstances, persistent Spot Instance requests are only supported when the instance interruption behavior is either hibernate or stop."
  if ((kind === 'persistent') !== (behavior !== 'terminate')) {
    throw new AwsError(
      'InvalidParameterCombination',
      `The instance interruption behavior '${behavior}' is not supported for ${kind} Spot Instance requests.`,
    );
  }
  if (behavior === 'hibernate') throw notImplemented('Spot Instances that hibernate');
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
  return { maxPrice: highest, isPersistent: kind === 'persistent' };
};

/** The request of a new instance. Only a persistent one keeps the launch, for the next instance. */
export const putSpotRequest = (
  context: Context,
  {
    id,
    instance,
    maxPrice,
    isPersistent,
    launch,
  }: Pick<SpotRequestRecord, 'id' | 'instance' | 'launch'> & SpotAsked,
): void =>
  requests(context).put(id, {
    id,
    createdAt: context.now.toISOString(),
    ...requests(context).get(id),
    instance,
    maxPrice,
    ...(isPersistent ? { isPersistent, ...(launch ? { launch } : {}) } : {}),
    state: 'active',
    status: fulfilled(context),
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

const fulfilled = (context: Pick<Context, 'now'>): SpotRequestRecord['status'] =>
  statusNow(context, 'fulfilled', 'Your Spot request is fulfilled.');

/** Codes of "Spot request status" for an instance that was stopped or ended, by who did it. */
const codes = {
  terminated: {
    user: ['instance-terminated-by-user', 'Your Spot instance was terminated or stopped by you.'],
    market: [
      'instance-terminated-no-capacity',
      'Your Spot instance was terminated because there is no longer enough Spot capacity available.',
    ],
  },
  stopped: {
    user: ['instance-stopped-by-user', 'Your Spot instance was stopped by you.'],
    market: [
      'instance-stopped-no-capacity',
      'Your Spot instance was stopped because there is no longer enough Spot capacity available.',
    ],
  },
} as const;

export type EndedBy = keyof (typeof codes)['stopped'];

type Where = Pick<Context, 'store' | 'region' | 'now'>;

/** The Spot request that an instance fulfils; undefined for an On-Demand Instance. */
export const spotRequestOf = (
  { store, region }: Where,
  { spotRequest, owner }: InstanceRecord,
): SpotRequestRecord | undefined =>
  spotRequest === undefined ? undefined : store.of('spotRequest', owner, region).get(spotRequest);

const change = (
  { store, region }: Where,
  { owner }: InstanceRecord,
  request: SpotRequestRecord,
  changes: Partial<SpotRequestRecord>,
): void => store.of('spotRequest', owner, region).put(request.id, { ...request, ...changes });

/**
 * The request of an instance after the instance has ended. A cancelled request stays cancelled; a persistent one is open again
 * ("Terminate a Spot Instance") and gets another instance (`fulfilSpotRequests`).
 */
export const closeSpotRequest = (context: Where, instance: InstanceRecord, by: EndedBy): void => {
  const request = spotRequestOf(context, instance);
  if (!request) return;
  const isLive = request.state !== 'cancelled';
  if (request.isPersistent && isLive) {
    const status = statusNow(context, 'pending-fulfillment', 'Your Spot request is pending fulfillment.');
    change(context, instance, request, { state: 'open', status });
    return;
  }
  const [code, message] = codes.terminated[by];
  const status = statusNow(context, code, message);
  change(context, instance, request, { ...(isLive ? { state: 'closed' } : {}), status });
};

/** Disables the request of an instance that was stopped ("Cancel a Spot Instance request"). */
export const disableSpotRequest = (context: Where, instance: InstanceRecord, by: EndedBy): void => {
  const request = spotRequestOf(context, instance);
  if (!request) return;
  const [code, message] = codes.stopped[by];
  const status = statusNow(context, code, message);
  change(context, instance, request, { state: 'disabled', status });
};

/**
 * Makes the request of a stopped instance active again. Throws `IncorrectSpotRequestState` if it was cancelled, or if EC2
 * stopped the instance: only EC2 may start it again.
 */
export const enableSpotRequest = (context: Where, instance: InstanceRecord): void => {
  const request = spotRequestOf(context, instance);
  if (!request) return;
  const [byUser] = codes.stopped.user;
  if (request.state !== 'disabled' || request.status.code !== byUser) {
    throw new AwsError(
      'IncorrectSpotRequestState',
      `You can't start the Spot Instance '${instance.id}' because the associated Spot Instance request is not in an appropriate state to support start.`,
    );
  }
  change(context, instance, request, { state: 'active', status: fulfilled(context) });
};

/** Whether EC2 has stopped its instance and will restart it. */
export const isInterrupted = ({ state, status }: SpotRequestRecord): boolean =>
  state === 'disabled' && status.code === codes.stopped.market[0];

/** The request of an interrupted instance that EC2 has restarted. */
export const resumeSpotRequest = (context: Where, instance: InstanceRecord): void => {
  const request = spotRequestOf(context, instance);
  if (request) change(context, instance, request, { state: 'active', status: fulfilled(context) });
};

/** Fails a request that cannot be fulfilled ("Spot request status"). */
export const failSpotRequest = (context: Context, request: SpotRequestRecord, { message }: Error): void =>
  requests(context).put(request.id, {
    ...request,
    state: 'failed',
    status: statusNow(context, 'bad-parameters', message),
  });

const view = (
  context: Context,
  request: SpotRequestRecord,
): SpotInstanceRequest & { SpotInstanceRequestId: string } => {
  const instance =
    request.state === 'open' || request.state === 'failed'
      ? undefined
      : context.store.of('instance', context.account, context.region).get(request.instance);
  return {
    SpotInstanceRequestId: request.id,
    CreateTime: new Date(request.createdAt),
    InstanceId: instance?.id,
    InstanceInterruptionBehavior: request.isPersistent ? 'stop' : 'terminate',
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
    Type: request.isPersistent ? 'persistent' : 'one-time',
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
        if (['closed', 'cancelled', 'failed'].includes(request.state)) continue;
        const status =
          request.state === 'active'
            ? statusNow(
                context,
                'request-canceled-and-instance-running',
                'Your Spot request is canceled, but your instance is still running.',
              )
            : statusNow(context, 'canceled-before-fulfillment', 'Your Spot request is canceled.');
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
