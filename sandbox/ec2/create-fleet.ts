import { randomUUID } from 'node:crypto';
import type {
  CreateFleetError,
  CreateFleetRequest,
  CreateFleetResult,
  FleetLaunchTemplateOverridesRequest,
  FleetLaunchTemplateSpecificationRequest,
  LaunchTemplateAndOverridesResponse,
  RunInstancesRequest,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { AwsError, notImplemented } from '../model/aws-error.ts';
import type { InstanceRecord } from '../model/records.ts';
import { madeWith, rememberToken } from './client-tokens.ts';
import { startMachine } from './instance-states.ts';
import { zonesWith } from './instance-type-places.ts';
import { launch } from './launch.ts';
import { templateOf, versionOf } from './launch-template-records.ts';
import { zoneId } from './regions.ts';
import { spotPriceOf } from './spot-prices.ts';
import { addTags, readTagSpecifications } from './tag-set.ts';

/** One launch that a fleet tries: a launch template with one of the overrides. */
interface Try {
  template: FleetLaunchTemplateSpecificationRequest;
  override: FleetLaunchTemplateOverridesRequest;
}

const knownOverrides = new Set([
  'InstanceType',
  'MaxPrice',
  'SubnetId',
  'AvailabilityZone',
  'Priority',
  'ImageId',
]);

const strategies = [
  'lowest-price',
  'diversified',
  'capacity-optimized',
  'capacity-optimized-prioritized',
  'price-capacity-optimized',
];

export const createFleetOperations: Record<string, Operation> = {
  /**
   * Launches the instances of an instant fleet and returns the result; the fleet does nothing afterwards. A launch that EC2
   * refuses is one of the answer's errors. A fault can simulate missing capacity.
   */
  CreateFleet: operation<CreateFleetRequest, CreateFleetResult>(
    [
      'ClientToken',
      'LaunchTemplateConfigs',
      'ReplaceUnhealthyInstances',
      'SpotOptions',
      'TagSpecifications',
      'TargetCapacitySpecification',
      'Type',
    ],
    (context, input) => {
      const [before] = madeWith(context, 'CreateFleet', input) ?? [];
      if (before !== undefined) return { FleetId: before, Instances: [], Errors: [] };
      const tags = readTagSpecifications(input.TagSpecifications, ['fleet', 'instance']);
      const { spot, onDemand } = capacityOf(input);
      checkOptions(input);
      const tries = triesOf(context, input);
      const id = `fleet-${randomUUID()}`;
      const made = [
        ...fulfil(context, tries, spot, 'spot', { id, tags: tags.instance }),
        ...fulfil(context, tries, onDemand, 'on-demand', { id, tags: tags.instance }),
      ];
      context.store.of('fleet', context.account, context.region).put(id, {
        id,
        createdAt: context.now.toISOString(),
        fleet: {
          Type: 'instant',
          FleetState: 'active',
          ActivityStatus: 'fulfilled',
          ReplaceUnhealthyInstances: false,
        },
      });
      addTags(context, id, tags.fleet);
      rememberToken(context, 'CreateFleet', input, [id]);
      return {
        FleetId: id,
        Instances: made.flatMap((one) => ('instances' in one ? [instancesView(context, one)] : [])),
        Errors: made.flatMap((one) => ('error' in one ? [one.error] : [])),
      };
    },
  ),
};

type Lifecycle = 'spot' | 'on-demand';
type Made = { instances: InstanceRecord[]; tried: Try; lifecycle: Lifecycle } | { error: CreateFleetError };

const capacityOf = ({
  TargetCapacitySpecification: target,
}: CreateFleetRequest): { spot: number; onDemand: number } => {
  const { TotalTargetCapacity: total = 0, DefaultTargetCapacityType: type = 'on-demand' } = target ?? {};
  const { TargetCapacityUnitType: unit = 'units' } = target ?? {};
  if (!['units', 'vcpu', 'memory-mib'].includes(unit)) {
    throw new AwsError('InvalidParameterValue', `Invalid value '${unit}' for TargetCapacityUnitType.`);
  }
  if (unit !== 'units') {
    throw notImplemented('ec2:CreateFleet with a capacity in other units than instances');
  }
  if (type !== 'spot' && type !== 'on-demand') {
    throw new AwsError(
      'InvalidParameterValue',
      `Invalid value '${String(type)}' for DefaultTargetCapacityType.`,
    );
  }
  const { SpotTargetCapacity: spot, OnDemandTargetCapacity: onDemand } = target ?? {};
  if (total < 1 || (spot ?? 0) + (onDemand ?? 0) > total) {
    throw new AwsError('InvalidParameterValue', `Invalid value '${total}' for TotalTargetCapacity.`);
  }
  return type === 'spot'
    ? { spot: spot ?? total - (onDemand ?? 0), onDemand: onDemand ?? 0 }
    : { spot: spot ?? 0, onDemand: onDemand ?? total - (spot ?? 0) };
};

const checkOptions = ({ Type = 'maintain', SpotOptions: spot = {} }: CreateFleetRequest): void => {
  if (!['instant', 'request', 'maintain'].includes(Type)) {
    throw new AwsError('InvalidParameterValue', `Invalid value '${Type}' for Type.`);
  }
  if (Type !== 'instant') throw notImplemented(`ec2:CreateFleet of the type ${Type}`);
  const unknown = Object.keys(spot).find((member) => member !== 'AllocationStrategy');
  if (unknown) throw notImplemented(`ec2:CreateFleet with SpotOptions.${unknown}`);
  if (spot.AllocationStrategy !== undefined && !strategies.includes(spot.AllocationStrategy)) {
    throw new AwsError(
      'InvalidParameterValue',
      `Invalid value '${spot.AllocationStrategy}' for AllocationStrategy.`,
    );
  }
};

/** The launches to try, in order: cheapest first, unless the strategy is by capacity, which is never scarce here. */
const triesOf = (
  context: Context,
  { LaunchTemplateConfigs = [], SpotOptions }: CreateFleetRequest,
): Try[] => {
  const tries = LaunchTemplateConfigs.flatMap(({ LaunchTemplateSpecification: template, Overrides = [] }) => {
    if (!template) throw new AwsError('MissingParameter', 'The request must contain the launch template.');
    const { data } = versionOf(context, templateOf(context, template), template.Version ?? '$Default');
    return (Overrides.length > 0 ? Overrides : [{}]).map((override: FleetLaunchTemplateOverridesRequest) => {
      const unknown = Object.keys(override).find((member) => !knownOverrides.has(member));
      if (unknown) throw notImplemented(`ec2:CreateFleet with Overrides.${unknown}`);
      return { template, override, type: override.InstanceType ?? data.InstanceType ?? 'm1.small' };
    });
  });
  const cheapest = (type: string): number =>
    Math.min(...zonesWith(context, type).map((zone) => spotPriceOf(type, zone)));
  return SpotOptions?.AllocationStrategy?.startsWith('capacity-optimized')
    ? tries
    : tries.sort((a, b) => cheapest(a.type) - cheapest(b.type));
};

const fulfil = (
  context: Context,
  tries: Try[],
  wanted: number,
  lifecycle: Lifecycle,
  fleet: { id: string; tags: Record<string, string> },
): Made[] => {
  const made: Made[] = [];
  let missing = wanted;
  for (const tried of tries) {
    if (missing === 0) break;
    const outcome = tryOne(context, tried, missing, lifecycle);
    made.push(outcome);
    if (!('instances' in outcome)) continue;
    missing -= outcome.instances.length;
    for (const instance of outcome.instances) {
      addTags(context, instance.id, { 'aws:ec2:fleet-id': fleet.id, ...fleet.tags });
      if (instance.state === 'running') startMachine(context, instance);
    }
  }
  return made;
};

const tryOne = (context: Context, tried: Try, most: number, lifecycle: Lifecycle): Made => {
  const { template, override } = tried;
  if (context.becomesFailed) {
    const code = context.becomesFailed.reason ?? 'InsufficientInstanceCapacity';
    return {
      error: errorOf(
        tried,
        lifecycle,
        code,
        'There is no Spot capacity available that matches your request.',
      ),
    };
  }
  const { MaxPrice, SubnetId, AvailabilityZone, InstanceType, ImageId } = override;
  const request: RunInstancesRequest = {
    LaunchTemplate: template,
    MinCount: 1,
    MaxCount: most,
    ...(InstanceType === undefined ? {} : { InstanceType }),
    ...(ImageId === undefined ? {} : { ImageId }),
    ...(SubnetId === undefined ? {} : { SubnetId }),
    ...(AvailabilityZone === undefined ? {} : { Placement: { AvailabilityZone } }),
    ...(lifecycle === 'spot' && MaxPrice !== undefined
      ? { InstanceMarketOptions: { MarketType: 'spot', SpotOptions: { MaxPrice } } }
      : {}),
  };
  try {
    return { instances: launch(context, request, lifecycle), tried, lifecycle };
  } catch (error) {
    if (!(error instanceof AwsError) || error.code === 'NotImplementedBySandbox') throw error;
    const code = error.code === 'Unsupported' ? 'InvalidFleetConfiguration' : error.code;
    return { error: errorOf(tried, lifecycle, code, error.message) };
  }
};

const triedView = ({ template, override }: Try): LaunchTemplateAndOverridesResponse => ({
  LaunchTemplateSpecification: template,
  Overrides: override as LaunchTemplateAndOverridesResponse['Overrides'],
});

const errorOf = (
  tried: Try,
  Lifecycle: Lifecycle,
  ErrorCode: string,
  ErrorMessage: string,
): CreateFleetError => ({
  LaunchTemplateAndOverrides: triedView(tried),
  Lifecycle,
  ErrorCode,
  ErrorMessage,
});

const instancesView = (
  { region }: Context,
  { instances, tried, lifecycle }: Extract<Made, { instances: unknown }>,
): NonNullable<CreateFleetResult['Instances']>[number] => {
  const [first] = instances;
  return {
    LaunchTemplateAndOverrides: triedView(tried),
    Lifecycle: lifecycle,
    InstanceIds: instances.map(({ id }) => id),
    InstanceType: first?.type as 't3.micro',
    AvailabilityZone: first?.zone,
    AvailabilityZoneId: first && zoneId(region, first.zone),
    SubnetId: first?.subnet,
  };
};
