import type {
  AutoScalingGroup,
  InstancesDistribution,
  LaunchTemplateOverrides,
  LaunchTemplateSpecification,
  MixedInstancesPolicy,
} from '@aws-sdk/client-auto-scaling';
import type { Context } from '../calls/operation.ts';
import { launchableImage } from '../ec2/image-records.ts';
import { architectureOf } from '../ec2/instance-types.ts';
import { templateOf, versionOf } from '../ec2/launch-template-records.ts';
import { resolvedImage } from '../ec2/launch-template-view.ts';
import { notImplemented } from '../model/aws-error.ts';
import { asked, invalid } from './errors.ts';
import { launchConfiguration } from './launch-configurations.ts';

/** The source of a group's launches: one of these three. */
export type LaunchSource = Pick<
  AutoScalingGroup,
  'LaunchConfigurationName' | 'LaunchTemplate' | 'MixedInstancesPolicy'
>;

/**
 * The launch source of a group, as the group shows it; undefined if the request has none. Throws `ValidationError` for more
 * than one source, for a missing one, and for one that EC2 cannot launch from.
 */
export const launchSourceOf = (context: Context, input: LaunchSource): LaunchSource | undefined => {
  const { LaunchConfigurationName, LaunchTemplate, MixedInstancesPolicy } = input;
  const given = [LaunchConfigurationName, LaunchTemplate, MixedInstancesPolicy].filter(
    (one) => one !== undefined,
  );
  if (given.length === 0) return undefined;
  if (given.length > 1) throw invalid(oneOf);
  if (LaunchTemplate) return { LaunchTemplate: templateShown(context, LaunchTemplate) };
  if (MixedInstancesPolicy) return { MixedInstancesPolicy: policyShown(context, MixedInstancesPolicy) };
  const found = launchConfiguration(context, LaunchConfigurationName ?? '');
  if (!found) throw invalid('Launch configuration name not found - null');
  return { LaunchConfigurationName: found.given.LaunchConfigurationName };
};

export const oneOf =
  'Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter.';

const notFormed = 'You must use a valid fully-formed launch template. ';

/** The specification with both names of the template and the version as requested, after checking the template's data. */
const templateShown = (
  context: Context,
  specification: LaunchTemplateSpecification,
  override: LaunchTemplateOverrides = {},
): LaunchTemplateSpecification => {
  const { LaunchTemplateId, LaunchTemplateName, Version } = specification;
  if ((LaunchTemplateId === undefined) === (LaunchTemplateName === undefined)) {
    throw invalid('Valid requests must contain either launchTemplateId or LaunchTemplateName');
  }
  return asked(notFormed, () => {
    const template = templateOf(context, { LaunchTemplateId, LaunchTemplateName });
    const { data } = versionOf(context, template, Version ?? '$Default');
    const image = override.ImageId ?? data.ImageId;
    if (image === undefined) throw invalid('The request must contain the parameter ImageId.');
    launchableImage(context, resolvedImage(context, image));
    architectureOf(override.InstanceType ?? data.InstanceType ?? 'm1.small');
    return {
      LaunchTemplateId: template.id,
      LaunchTemplateName: template.name,
      ...(Version === undefined ? {} : { Version }),
    };
  });
};

/** The default distribution, according to moto's tests that were run against AWS. */
const distribution: InstancesDistribution = {
  OnDemandAllocationStrategy: 'prioritized',
  OnDemandBaseCapacity: 0,
  OnDemandPercentageAboveBaseCapacity: 100,
  SpotAllocationStrategy: 'lowest-price',
  SpotInstancePools: 2,
};

const policyShown = (context: Context, policy: MixedInstancesPolicy): MixedInstancesPolicy => {
  const { LaunchTemplateSpecification: usual, Overrides = [] } = policy.LaunchTemplate ?? {};
  if (!usual) throw invalid('A mixed instances policy must contain a launch template.');
  const own = { ...distribution, ...policy.InstancesDistribution };
  // Pools apply only to the strategy `lowest-price` (InstancesDistribution, `SpotInstancePools`).
  const { SpotInstancePools: _, ...withoutPools } = own;
  return {
    LaunchTemplate: {
      LaunchTemplateSpecification: templateShown(context, usual),
      Overrides: Overrides.map((override) => overrideShown(context, usual, override)),
    },
    InstancesDistribution: own.SpotAllocationStrategy === 'lowest-price' ? own : withoutPools,
  };
};

const knownOverrides = new Set([
  'ImageId',
  'InstanceType',
  'LaunchTemplateSpecification',
  'WeightedCapacity',
]);

const overrideShown = (
  context: Context,
  usual: LaunchTemplateSpecification,
  override: LaunchTemplateOverrides,
): LaunchTemplateOverrides => {
  const unknown = Object.keys(override).find((member) => !knownOverrides.has(member));
  if (unknown) throw notImplemented(`overrides of a mixed instances policy with ${unknown}`);
  const { LaunchTemplateSpecification: own } = override;
  const shown = templateShown(context, own ?? usual, override);
  return own ? { ...override, LaunchTemplateSpecification: shown } : override;
};
