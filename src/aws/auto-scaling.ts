import {
  type AutoScalingGroup,
  paginateDescribeAutoScalingGroups,
  paginateDescribeLaunchConfigurations,
} from '@aws-sdk/client-auto-scaling';
import type { Lookup } from '../model/lookup.ts';
import { ask } from './ask.ts';
import type { Clients } from './connection.ts';
import { type UsedVersion, versionUsed } from './launch-templates.ts';
import { everyPage } from './pagination.ts';

export interface LaunchConfiguration {
  name: string;
  image: string;
}

export interface ScalingGroup {
  name: string;
  /** Names of the launch configurations that the group, or one of its instances, uses. */
  configurations: string[];
  /** From itself, from its mixed instances policy and its overrides, and from its instances. */
  templates: UsedVersion[];
  /** AMIs named in its overrides. */
  images: string[];
}

export function findLaunchConfigurations(
  clients: Clients,
  region: string,
): Promise<Lookup<LaunchConfiguration[]>> {
  return ask('autoscaling:DescribeLaunchConfigurations', region, async () => {
    const found: LaunchConfiguration[] = [];
    const client = await clients.autoScaling(region);
    for await (const page of everyPage(paginateDescribeLaunchConfigurations({ client, pageSize: 100 }, {}))) {
      for (const { LaunchConfigurationName: name = '', ImageId: image = '' } of page.LaunchConfigurations ??
        [])
        found.push({ name, image });
    }
    return found;
  });
}

export function findScalingGroups(clients: Clients, region: string): Promise<Lookup<ScalingGroup[]>> {
  return ask('autoscaling:DescribeAutoScalingGroups', region, async () => {
    const found: ScalingGroup[] = [];
    const client = await clients.autoScaling(region);
    for await (const page of everyPage(paginateDescribeAutoScalingGroups({ client, pageSize: 100 }, {}))) {
      found.push(...(page.AutoScalingGroups ?? []).map(toGroup));
    }
    return found;
  });
}

function toGroup(group: AutoScalingGroup): ScalingGroup {
  const mixed = group.MixedInstancesPolicy?.LaunchTemplate;
  const overrides = mixed?.Overrides ?? [];
  const instances = group.Instances ?? [];
  const templates = [
    group.LaunchTemplate,
    mixed?.LaunchTemplateSpecification,
    ...overrides.map(({ LaunchTemplateSpecification: own }) => own),
    ...instances.map(({ LaunchTemplate: own }) => own),
  ];
  return {
    name: group.AutoScalingGroupName ?? '',
    configurations: [group, ...instances].flatMap(({ LaunchConfigurationName: name }) => name ?? []),
    templates: templates.flatMap((one) => versionUsed(one)),
    images: overrides.flatMap(({ ImageId: image }) => image ?? []),
  };
}
