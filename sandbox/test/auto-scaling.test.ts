import {
  CreateAutoScalingGroupCommand,
  type CreateAutoScalingGroupType,
  CreateLaunchConfigurationCommand,
  DeleteAutoScalingGroupCommand,
  DeleteLaunchConfigurationCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeLaunchConfigurationsCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CreateLaunchTemplateCommand,
  DeleteLaunchTemplateCommand,
  type RequestLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { canonicalImage } from '../testing/images.ts';
import { createWorld, errorOf, type World } from '../testing/world.ts';

const template = async (world: World, name: string, data?: RequestLaunchTemplateData): Promise<string> => {
  const LaunchTemplateData = data ?? { ImageId: await canonicalImage(world), InstanceType: 't3.micro' };
  const { LaunchTemplate } = await world
    .ec2()
    .send(new CreateLaunchTemplateCommand({ LaunchTemplateName: name, LaunchTemplateData }));
  return LaunchTemplate?.LaunchTemplateId ?? '';
};

const configuration = async (world: World, name: string, UserData?: string) =>
  world.autoScaling().send(
    new CreateLaunchConfigurationCommand({
      LaunchConfigurationName: name,
      ImageId: await canonicalImage(world),
      InstanceType: 't3.micro',
      ...(UserData === undefined ? {} : { UserData }),
    }),
  );

const group = (world: World, name: string, input: Partial<CreateAutoScalingGroupType>) =>
  world.autoScaling().send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: name,
      MinSize: 0,
      MaxSize: 0,
      AvailabilityZones: ['us-east-1a'],
      ...input,
    }),
  );

const groupNamed = async (world: World, name: string) => {
  const { AutoScalingGroups } = await world
    .autoScaling()
    .send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }));
  return AutoScalingGroups?.[0];
};

describe('an Auto Scaling group', () => {
  test('shows its template by id and name, with the version as given, even after a restart', async () => {
    const world = createWorld();
    const id = await template(world, 'web');
    await group(world, 'plain', { LaunchTemplate: { LaunchTemplateName: 'web' } });
    await group(world, 'latest', { LaunchTemplate: { LaunchTemplateId: id, Version: '$Latest' } });
    await world.aws.close();
    const again = createWorld({ folder: world.folder });
    const names = { LaunchTemplateId: id, LaunchTemplateName: 'web' };
    expect(await groupNamed(again, 'plain')).toMatchObject({ LaunchTemplate: names, Instances: [] });
    expect((await groupNamed(again, 'plain'))?.LaunchTemplate).toEqual(names);
    expect((await groupNamed(again, 'latest'))?.LaunchTemplate).toEqual({ ...names, Version: '$Latest' });
  });

  test('shows its mixed instances policy with the overrides', async () => {
    const world = createWorld();
    const usual = { LaunchTemplateId: await template(world, 'web'), LaunchTemplateName: 'web' };
    const other = { LaunchTemplateId: await template(world, 'arm'), LaunchTemplateName: 'arm' };
    const ImageId = await canonicalImage(world);
    await group(world, 'mixed', {
      MixedInstancesPolicy: {
        LaunchTemplate: {
          LaunchTemplateSpecification: { LaunchTemplateName: 'web', Version: '1' },
          Overrides: [
            { InstanceType: 't3.small', WeightedCapacity: '2' },
            { LaunchTemplateSpecification: { LaunchTemplateName: 'arm', Version: '$Default' } },
            { InstanceType: 't3.large', ImageId },
          ],
        },
      },
    });
    expect((await groupNamed(world, 'mixed'))?.MixedInstancesPolicy).toEqual({
      LaunchTemplate: {
        LaunchTemplateSpecification: { ...usual, Version: '1' },
        Overrides: [
          { InstanceType: 't3.small', WeightedCapacity: '2' },
          { LaunchTemplateSpecification: { ...other, Version: '$Default' } },
          { InstanceType: 't3.large', ImageId },
        ],
      },
      InstancesDistribution: {
        OnDemandAllocationStrategy: 'prioritized',
        OnDemandBaseCapacity: 0,
        OnDemandPercentageAboveBaseCapacity: 100,
        SpotAllocationStrategy: 'lowest-price',
        SpotInstancePools: 2,
      },
    });
  });

  test('moves from a launch configuration to a template, which frees the configuration', async () => {
    const world = createWorld();
    await configuration(world, 'old');
    await template(world, 'web');
    await group(world, 'web', { LaunchConfigurationName: 'old' });
    const remove = () =>
      world.autoScaling().send(new DeleteLaunchConfigurationCommand({ LaunchConfigurationName: 'old' }));
    expect(await errorOf(remove())).toBe('ResourceInUseFault');
    await world.autoScaling().send(
      new UpdateAutoScalingGroupCommand({
        AutoScalingGroupName: 'web',
        LaunchTemplate: { LaunchTemplateName: 'web' },
        MaxSize: 3,
        MinSize: 2,
      }),
    );
    const moved = await groupNamed(world, 'web');
    expect(moved?.LaunchConfigurationName).toBeUndefined();
    expect(moved).toMatchObject({ LaunchTemplate: { LaunchTemplateName: 'web' }, DesiredCapacity: 2 });
    await remove();
    const { LaunchConfigurations } = await world
      .autoScaling()
      .send(new DescribeLaunchConfigurationsCommand({}));
    expect(LaunchConfigurations).toEqual([]);
  });

  test('remains if its template is deleted, and is deleted only with ForceDelete if it wants instances', async () => {
    const world = createWorld();
    await template(world, 'web');
    await group(world, 'web', {
      LaunchTemplate: { LaunchTemplateName: 'web' },
      MaxSize: 1,
      DesiredCapacity: 1,
    });
    await world.ec2().send(new DeleteLaunchTemplateCommand({ LaunchTemplateName: 'web' }));
    expect((await groupNamed(world, 'web'))?.LaunchTemplate?.LaunchTemplateName).toBe('web');
    const remove = (ForceDelete: boolean) =>
      world
        .autoScaling()
        .send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: 'web', ForceDelete }));
    expect(await errorOf(remove(false))).toBe('ResourceInUseFault');
    await remove(true);
    expect(await groupNamed(world, 'web')).toBeUndefined();
  });

  test('is listed 50 at a time unless fewer are requested', async () => {
    const world = createWorld();
    await template(world, 'web');
    for (let number = 0; number < 53; number += 1) {
      await group(world, `web-${number}`, { LaunchTemplate: { LaunchTemplateName: 'web' } });
    }
    const sizes: (number | undefined)[] = [];
    let NextToken: string | undefined;
    for (const MaxRecords of [undefined, 2, 1]) {
      const page = await world
        .autoScaling()
        .send(new DescribeAutoScalingGroupsCommand({ NextToken, MaxRecords }));
      sizes.push(page.AutoScalingGroups?.length);
      NextToken = page.NextToken;
    }
    expect([sizes, NextToken]).toEqual([[50, 2, 1], undefined]);
    const junk = new DescribeAutoScalingGroupsCommand({ NextToken: 'junk' });
    expect(await errorOf(world.autoScaling().send(junk))).toBe('InvalidNextToken');
  });

  test('is refused if EC2 could launch nothing from it', async () => {
    const world = createWorld();
    await template(world, 'web');
    await template(world, 'without', { InstanceType: 't3.micro' });
    await template(world, 'lost', { ImageId: 'ami-00000000000000001' });
    const refused = (input: Partial<CreateAutoScalingGroupType>) => errorOf(group(world, 'web', input));
    for (const LaunchTemplateName of ['none', 'without', 'lost']) {
      expect(await refused({ LaunchTemplate: { LaunchTemplateName } })).toBe('ValidationError');
    }
    const web = { LaunchTemplateName: 'web' };
    expect(await refused({})).toBe('ValidationError');
    expect(await refused({ LaunchTemplate: web, LaunchConfigurationName: 'old' })).toBe('ValidationError');
    expect(await refused({ LaunchConfigurationName: 'old' })).toBe('ValidationError');
    expect(await refused({ LaunchTemplate: { ...web, Version: '2' } })).toBe('ValidationError');
    expect(await refused({ LaunchTemplate: web, DesiredCapacity: 1 })).toBe('ValidationError');
    expect(await refused({ LaunchTemplate: web, AvailabilityZones: ['eu-west-1a'] })).toBe('ValidationError');
    await group(world, 'web', { LaunchTemplate: web });
    expect(await refused({ LaunchTemplate: web })).toBe('AlreadyExistsFault');
    await configuration(world, 'old');
    expect(await errorOf(configuration(world, 'old'))).toBe('AlreadyExistsFault');
  });

  /** CreateLaunchConfiguration, API reference, `UserData`. */
  test('has at most 21,847 characters of base64 as user data', async () => {
    const world = createWorld();
    expect(await errorOf(configuration(world, 'most', 'u'.repeat(21_847)))).toBe('no error');
    expect(await errorOf(configuration(world, 'more', 'u'.repeat(21_848)))).toBe('ValidationError');
  });
});
