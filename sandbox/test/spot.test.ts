import {
  CancelSpotInstanceRequestsCommand,
  CreateFleetCommand,
  type CreateFleetCommandInput,
  CreateLaunchTemplateCommand,
  CreateTagsCommand,
  DeregisterImageCommand,
  DescribeFleetsCommand,
  DescribeInstancesCommand,
  DescribeSpotInstanceRequestsCommand,
  DescribeSpotPriceHistoryCommand,
  DescribeVolumesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { canonicalImage, createWorld, errorOf, makeImage, type World } from '../testing/index.ts';
import { launchIn, runOf } from './network/a-network.ts';

const spot = (SpotOptions: object = {}) => ({ InstanceMarketOptions: { MarketType: 'spot', SpotOptions } });

const requestsOf = async (world: World, input: object = {}) => {
  const { SpotInstanceRequests = [] } = await world
    .ec2()
    .send(new DescribeSpotInstanceRequestsCommand(input));
  return SpotInstanceRequests;
};

const instanceOf = async (world: World, id: string) => {
  const { Reservations } = await world.ec2().send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  return Reservations?.[0]?.Instances?.[0];
};

describe('a Spot Instance', () => {
  test('has a request, which ends with the instance', async () => {
    const world = createWorld();
    const ec2 = world.ec2();
    const { InstanceId, SpotInstanceRequestId, InstanceLifecycle } = await launchIn(world, spot());
    expect(InstanceLifecycle).toBe('spot');
    const [request] = await requestsOf(world);
    expect(request).toMatchObject({
      SpotInstanceRequestId,
      InstanceId,
      State: 'active',
      Status: { Code: 'fulfilled' },
      Type: 'one-time',
      LaunchSpecification: { InstanceType: 't3.micro' },
    });
    await ec2.send(
      new CreateTagsCommand({ Resources: [SpotInstanceRequestId ?? ''], Tags: [{ Key: 'k', Value: 'v' }] }),
    );
    expect(await requestsOf(world, { Filters: [{ Name: 'tag:k', Values: ['v'] }] })).toHaveLength(1);
    expect(await errorOf(ec2.send(new StopInstancesCommand({ InstanceIds: [InstanceId] })))).toBe(
      'UnsupportedOperation',
    );
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
    expect(await requestsOf(world)).toMatchObject([
      { State: 'closed', Status: { Code: 'instance-terminated-by-user' } },
    ]);
  });

  test('keeps running if its request is cancelled', async () => {
    const world = createWorld();
    const { InstanceId, SpotInstanceRequestId: id = '' } = await launchIn(world, spot());
    const cancel = (request: string) =>
      world.ec2().send(new CancelSpotInstanceRequestsCommand({ SpotInstanceRequestIds: [request] }));
    expect((await cancel(id)).CancelledSpotInstanceRequests).toEqual([
      { SpotInstanceRequestId: id, State: 'cancelled' },
    ]);
    expect((await instanceOf(world, InstanceId))?.State?.Name).toBe('running');
    expect(await requestsOf(world)).toMatchObject([{ State: 'cancelled' }]);
    expect(await errorOf(cancel('sir-00000000'))).toBe('InvalidSpotInstanceRequestID.NotFound');
    expect(await errorOf(cancel('sir-1'))).toBe('InvalidSpotInstanceRequestID.Malformed');
  });

  test('costs the price in the price history, and is not available for less', async () => {
    const world = createWorld();
    const { SpotPriceHistory = [] } = await world
      .ec2()
      .send(new DescribeSpotPriceHistoryCommand({ InstanceTypes: ['t3.micro'] }));
    expect(SpotPriceHistory.map(({ AvailabilityZone }) => AvailabilityZone)).toHaveLength(6);
    const { SubnetId, Placement } = await launchIn(world, spot({ MaxPrice: '1' }));
    const zone = Placement?.AvailabilityZone;
    const price = Number(SpotPriceHistory.find((one) => one.AvailabilityZone === zone)?.SpotPrice);
    const refusal = async (SpotOptions: object) =>
      errorOf(world.ec2().send(await runOf(world, { SubnetId, ...spot(SpotOptions) })));
    expect(await refusal({ MaxPrice: String(price * 0.99) })).toBe('SpotMaxPriceTooLow');
    expect(await refusal({ MaxPrice: 'much' })).toBe('InvalidParameterValue');
    expect(await refusal({ InstanceInterruptionBehavior: 'stop' })).toBe('InvalidParameterCombination');
    expect(await refusal({ MaxPrice: String(price * 1.01) })).toBe('no error');
  });

  test('counts against its own quota', async () => {
    const world = createWorld({
      behaviour: { accounts: [{ quotas: { 'L-34B43A08': 4, 'L-1216C47A': 2 } }] },
    });
    await launchIn(world, {});
    expect(await errorOf(world.ec2().send(await runOf(world)))).toBe('VcpuLimitExceeded');
    await launchIn(world, { ...spot(), MaxCount: 2 });
    expect(await errorOf(world.ec2().send(await runOf(world, spot())))).toBe('MaxSpotInstanceCountExceeded');
    const gpu = await runOf(world, { ...spot(), InstanceType: 'g5.xlarge' });
    expect(await errorOf(world.ec2().send(gpu))).toBe('MaxSpotInstanceCountExceeded');
  });

  test('is interrupted if EC2 wants it back, unlike an on-demand instance', async () => {
    const world = createWorld();
    const { InstanceId } = await launchIn(world, spot());
    const { InstanceId: onDemand } = await launchIn(world, {});
    expect(await world.aws.interrupt(InstanceId)).toBe(true);
    expect(await world.aws.interrupt(onDemand)).toBe(false);
    expect([...world.machines.keys()]).toEqual([onDemand]);
    const ended = await instanceOf(world, InstanceId);
    expect(ended).toMatchObject({
      State: { Name: 'terminated' },
      StateReason: { Code: 'Server.SpotInstanceTermination' },
    });
    expect(await requestsOf(world)).toMatchObject([
      { State: 'closed', Status: { Code: 'instance-terminated-no-capacity' } },
    ]);
    const { Volumes } = await world.ec2().send(new DescribeVolumesCommand({}));
    expect(Volumes?.map(({ Attachments }) => Attachments?.[0]?.InstanceId)).toEqual([onDemand]);
  });
});

const persistent = (more: object = {}) =>
  spot({ SpotInstanceType: 'persistent', InstanceInterruptionBehavior: 'stop', ...more });

describe('a persistent Spot request', () => {
  test('allows stopping and starting its instance, and is open again once that is terminated', async () => {
    const world = createWorld({ behaviour: { speed: { instanceStart: 60 } } });
    const ec2 = world.ec2();
    const { InstanceId } = await launchIn(world, persistent());
    const InstanceIds = [InstanceId];
    world.aws.settings.advance(60);
    expect(await requestsOf(world)).toMatchObject([
      { State: 'active', Type: 'persistent', InstanceInterruptionBehavior: 'stop' },
    ]);
    await ec2.send(new StopInstancesCommand({ InstanceIds }));
    expect(await requestsOf(world)).toMatchObject([
      { State: 'disabled', Status: { Code: 'instance-stopped-by-user' }, InstanceId },
    ]);
    await ec2.send(new StartInstancesCommand({ InstanceIds }));
    expect(await requestsOf(world)).toMatchObject([{ State: 'active', Status: { Code: 'fulfilled' } }]);
    await ec2.send(new TerminateInstancesCommand({ InstanceIds }));
    const [open] = await requestsOf(world);
    expect(open).toMatchObject({ State: 'open', Status: { Code: 'pending-fulfillment' } });
    expect(open).not.toHaveProperty('InstanceId');
    const SpotInstanceRequestIds = [open?.SpotInstanceRequestId ?? ''];
    await ec2.send(new CancelSpotInstanceRequestsCommand({ SpotInstanceRequestIds }));
    expect(await requestsOf(world)).toMatchObject([
      { State: 'cancelled', Status: { Code: 'canceled-before-fulfillment' } },
    ]);
  });

  /** "Behavior of Spot Instance interruptions", EC2 User Guide. */
  test('has its instance stopped if EC2 wants it back, and only EC2 starts it again', async () => {
    const world = createWorld({ behaviour: { speed: { instanceStart: 60 } } });
    const { InstanceId } = await launchIn(world, persistent());
    expect(await world.aws.interrupt(InstanceId)).toBe(true);
    expect([...world.machines.keys()]).toEqual([]);
    expect(await instanceOf(world, InstanceId)).toMatchObject({
      State: { Name: 'stopped' },
      StateReason: { Code: 'Server.SpotInstanceShutdown' },
    });
    expect(await requestsOf(world)).toMatchObject([
      { State: 'disabled', Status: { Code: 'instance-stopped-no-capacity' } },
    ]);
    const start = new StartInstancesCommand({ InstanceIds: [InstanceId] });
    expect(await errorOf(world.ec2().send(start))).toBe('IncorrectSpotRequestState');
    const { Volumes } = await world.ec2().send(new DescribeVolumesCommand({}));
    expect(Volumes, 'a stopped instance keeps its volumes').toHaveLength(1);
    world.aws.settings.advance(60);
    expect(await instanceOf(world, InstanceId)).toMatchObject({ State: { Name: 'pending' } });
    world.aws.settings.advance(60);
    expect(await instanceOf(world, InstanceId)).toMatchObject({ State: { Name: 'running' } });
    expect(await requestsOf(world)).toMatchObject([
      { State: 'active', Status: { Code: 'fulfilled' }, InstanceId },
    ]);
    expect([...world.machines.keys()]).toEqual([InstanceId]);
  });

  /** "Terminate a Spot Instance", EC2 User Guide; "Spot request status" for resources that no longer exist. */
  test('gets another instance once its own is terminated, until it is cancelled or cannot', async () => {
    const world = createWorld();
    const ec2 = world.ec2();
    const tags = [{ ResourceType: 'instance' as const, Tags: [{ Key: 'Name', Value: 'worker' }] }];
    const first = await launchIn(world, { ...persistent(), UserData: 'ZWNobw==', TagSpecifications: tags });
    const again = async () => {
      const [before] = await requestsOf(world);
      await ec2.send(new TerminateInstancesCommand({ InstanceIds: [before?.InstanceId ?? ''] }));
      return (await requestsOf(world))[0];
    };
    const request = await again();
    const { InstanceId = '', SpotInstanceRequestId = '' } = request ?? {};
    expect(request).toMatchObject({ State: 'active', Status: { Code: 'fulfilled' } });
    expect(SpotInstanceRequestId).toBe(first.SpotInstanceRequestId);
    expect(InstanceId).not.toBe(first.InstanceId);
    expect(await instanceOf(world, InstanceId)).toMatchObject({
      ...{ ImageId: first.ImageId, InstanceType: 't3.micro', SubnetId: first.SubnetId },
      ...{ State: { Name: 'running' }, InstanceLifecycle: 'spot', SpotInstanceRequestId },
      Tags: [{ Key: 'Name', Value: 'worker' }],
    });
    expect([...world.machines.keys()]).toEqual([InstanceId]);

    await ec2.send(
      new CancelSpotInstanceRequestsCommand({ SpotInstanceRequestIds: [SpotInstanceRequestId] }),
    );
    expect(await again()).toMatchObject({ State: 'cancelled' });
    expect(world.machines.size).toBe(0);
  });

  test('fails if something that its instances need is gone', async () => {
    const world = createWorld();
    const ec2 = world.ec2();
    const image = await makeImage(world, 'golden');
    const { InstanceId } = await launchIn(world, { ...persistent(), ImageId: image.id });
    await ec2.send(new DeregisterImageCommand({ ImageId: image.id }));
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
    const [failed] = await requestsOf(world);
    expect(failed).toMatchObject({ State: 'failed', Status: { Code: 'bad-parameters' } });
    expect(failed?.Status?.Message).toContain(image.id);
    expect(failed).not.toHaveProperty('InstanceId');
  });

  test('keeps waiting if the account has no room for another instance', async () => {
    const world = createWorld({ behaviour: { speed: { instanceStart: 60 } } });
    const { InstanceId } = await launchIn(world, persistent());
    await world.ec2().send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
    world.aws.settings.change({ accounts: [{ quotas: { 'L-34B43A08': 1 } }] });
    world.aws.settings.advance(60);
    expect(await requestsOf(world)).toMatchObject([{ State: 'open' }]);
    world.aws.settings.change({ accounts: [{ quotas: { 'L-34B43A08': 2 } }] });
    expect(await requestsOf(world)).toMatchObject([{ State: 'active' }]);
  });

  test('once cancelled, no longer allows stopping its instance, and stays cancelled', async () => {
    const world = createWorld();
    const ec2 = world.ec2();
    const { InstanceId, SpotInstanceRequestId = '' } = await launchIn(world, persistent());
    const SpotInstanceRequestIds = [SpotInstanceRequestId];
    await ec2.send(new CancelSpotInstanceRequestsCommand({ SpotInstanceRequestIds }));
    const InstanceIds = [InstanceId];
    expect(await errorOf(ec2.send(new StopInstancesCommand({ InstanceIds })))).toBe('UnsupportedOperation');
    await ec2.send(new TerminateInstancesCommand({ InstanceIds }));
    expect(await requestsOf(world)).toMatchObject([{ State: 'cancelled' }]);
  });

  test.each([
    [{ InstanceInterruptionBehavior: 'terminate' }, 'InvalidParameterCombination'],
    [{ InstanceInterruptionBehavior: 'hibernate' }, 'NotImplementedBySandbox'],
    [{ ValidUntil: new Date('2026-12-24T00:00:00Z') }, 'NotImplementedBySandbox'],
  ])('with %j is refused', async (more, code) => {
    const world = createWorld();
    expect(await errorOf(world.ec2().send(await runOf(world, persistent(more))))).toBe(code);
  });
});

/** A launch template as Packer creates it for Spot Instances, and a fleet from it. */
const fleetOf = async (world: World, data: object = {}, given: Partial<CreateFleetCommandInput> = {}) => {
  await world.ec2().send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: 'packer-fleet',
      LaunchTemplateData: {
        ImageId: await canonicalImage(world),
        InstanceMarketOptions: { MarketType: 'spot', SpotOptions: { MaxPrice: '0.5' } },
        TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: 'builder' }] }],
        ...data,
      },
    }),
  );
  return new CreateFleetCommand({
    LaunchTemplateConfigs: [
      {
        LaunchTemplateSpecification: { LaunchTemplateName: 'packer-fleet', Version: '1' },
        Overrides: [{ InstanceType: 't3.xlarge' }, { InstanceType: 't3.micro' }],
      },
    ],
    ReplaceUnhealthyInstances: false,
    TargetCapacitySpecification: { TotalTargetCapacity: 1, DefaultTargetCapacityType: 'spot' },
    Type: 'instant',
    ...given,
  });
};

describe('an instant fleet', () => {
  test('launches the cheapest of its types as Spot Instance', async () => {
    const world = createWorld();
    const { FleetId, Errors, Instances } = await world
      .ec2()
      .send(
        await fleetOf(
          world,
          {},
          { TagSpecifications: [{ ResourceType: 'fleet', Tags: [{ Key: 'f', Value: '1' }] }] },
        ),
      );
    expect(Errors).toEqual([]);
    expect(Instances).toMatchObject([{ InstanceType: 't3.micro', Lifecycle: 'spot' }]);
    const instance = await instanceOf(world, Instances?.[0]?.InstanceIds?.[0] ?? '');
    expect(instance).toMatchObject({ InstanceLifecycle: 'spot', State: { Name: 'running' } });
    expect(instance?.Tags).toEqual(
      expect.arrayContaining([
        { Key: 'Name', Value: 'builder' },
        { Key: 'aws:ec2:fleet-id', Value: FleetId },
      ]),
    );
    expect(world.machines.size).toBe(1);
    expect(await requestsOf(world)).toMatchObject([{ SpotPrice: '0.5' }]);
    expect((await world.ec2().send(new DescribeFleetsCommand({}))).Fleets).toEqual([]);
  });

  test('tries its other types if one is refused, and says why', async () => {
    const world = createWorld();
    const Overrides = [{ InstanceType: 't3.xlarge' as const }, { InstanceType: 't4g.nano' as const }];
    const config = {
      LaunchTemplateSpecification: { LaunchTemplateName: 'packer-fleet', Version: '1' },
      Overrides,
    };
    const { Errors, Instances } = await world
      .ec2()
      .send(await fleetOf(world, {}, { LaunchTemplateConfigs: [config] }));
    expect(Errors).toMatchObject([{ ErrorCode: 'InvalidParameterValue', Lifecycle: 'spot' }]);
    expect(Instances).toMatchObject([{ InstanceType: 't3.xlarge' }]);
  });

  test('has no instance if a fault leaves no capacity', async () => {
    const world = createWorld();
    world.faults.add([{ on: 'ec2:CreateFleet', does: { becomes: 'failed' } }]);
    const fleet = await fleetOf(world);
    const { Errors, Instances } = await world.ec2().send(fleet);
    expect(Errors?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      'InsufficientInstanceCapacity',
      'InsufficientInstanceCapacity',
    ]);
    expect(Instances).toEqual([]);
    expect((await world.ec2().send(await fleetOfAgain(fleet))).Instances).toHaveLength(1);
  });

  test('launches on demand if requested', async () => {
    const world = createWorld();
    const TargetCapacitySpecification = {
      TotalTargetCapacity: 1,
      DefaultTargetCapacityType: 'on-demand' as const,
    };
    const { Instances } = await world.ec2().send(await fleetOf(world, {}, { TargetCapacitySpecification }));
    expect(Instances).toMatchObject([{ Lifecycle: 'on-demand' }]);
    expect(await requestsOf(world)).toEqual([]);
  });

  test('of another type is not implemented, and says so', async () => {
    const world = createWorld();
    expect(await errorOf(world.ec2().send(await fleetOf(world, {}, { Type: 'maintain' })))).toBe(
      'NotImplementedBySandbox',
    );
  });
});

/** The same fleet requested again, without the token of the first call. */
const fleetOfAgain = async ({ input }: CreateFleetCommand) => {
  const { ClientToken: _, ...again } = input;
  return new CreateFleetCommand(again);
};
