import { AwsError } from '../model/aws-error.ts';
import type { ImageRecord } from '../model/records.ts';
import { factsOf } from './instance-type-facts.ts';
import { architectureOf, familyOf } from './instance-types.ts';

/**
 * Families that also boot paravirtual images. All families boot HVM images, even the oldest, on which EC2 used to refuse them:
 * `SupportedVirtualizationTypes` of m1.small, m2.xlarge, c1.medium and t1.micro (DescribeInstanceTypes), and moto's tests that
 * were run against AWS, which launch an HVM image without naming a type, that is as an m1.small.
 */
const paravirtual = ['m1', 'm2', 'c1', 't1', 'm3', 'c3', 'hi1', 'hs1'];

/** Xen families that can use the Elastic Network Adapter but do not need it; all Nitro families need it. */
const withEna = ['h1', 'i3', 'r4', 'x1', 'x1e'];

/** Families that support a root on instance-store ("Create an instance store-backed AMI"). */
const withInstanceStoreRoot = ['c1', 'c3', 'd2', 'i2', 'm1', 'm2', 'm3', 'r3', 'x1'];

/** `NetworkInfo.EnaSupport` of DescribeInstanceTypes. */
export const enaSupportOf = (type: string): 'required' | 'supported' | 'unsupported' => {
  if (!factsOf(type)?.isXen) return 'required';
  return withEna.includes(familyOf(type)) || type === 'm4.16xlarge' ? 'supported' : 'unsupported';
};

export const rootDevicesOf = (type: string): ('ebs' | 'instance-store')[] =>
  withInstanceStoreRoot.includes(familyOf(type)) ? ['ebs', 'instance-store'] : ['ebs'];

export const virtualizationsOf = (type: string): ('hvm' | 'paravirtual')[] =>
  paravirtual.includes(familyOf(type)) ? ['hvm', 'paravirtual'] : ['hvm'];

const allows = (
  { supported, unsupported = [] }: NonNullable<ImageRecord['instanceTypes']>,
  type: string,
): boolean => {
  const isOneOf = (patterns: readonly string[]) => patterns.some((pattern) => matchesType(pattern, type));
  return (supported === undefined || isOneOf(supported)) && !isOneOf(unsupported);
};

const matchesType = (pattern: string, type: string): boolean =>
  new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`).test(type);

interface Launched {
  id: string;
  architecture: string;
  virtualization: string;
  enaSupport: boolean;
  rootDeviceType?: 'instance-store';
  instanceTypes?: ImageRecord['instanceTypes'];
}

/**
 * Throws if an image cannot start on an instance type: another architecture, a virtualization type or root device type that the
 * family does not support, a type that the owner does not allow (ReplaceImageInstanceTypeSpecification), or an image without
 * the network driver that newer families need. Codes and words are EC2's.
 */
export const checkImageFitsType = (image: Launched, type: string): void => {
  const architecture = architectureOf(type);
  if (architecture !== image.architecture) {
    throw new AwsError(
      'InvalidParameterValue',
      `The architecture '${architecture}' of the specified instance type does not match the architecture '${image.architecture}' of the specified AMI. Specify an instance type and an AMI that have matching architectures, and try again.`,
    );
  }
  if (image.instanceTypes && !allows(image.instanceTypes, type)) {
    throw new AwsError(
      'InvalidParameterCombination',
      `The AMI '${image.id}' does not support the instance type '${type}'.`,
    );
  }
  const family = familyOf(type);
  if (image.virtualization === 'paravirtual' && !paravirtual.includes(family)) {
    throw new AwsError(
      'InvalidParameterCombination',
      `Virtualization type 'hvm' is required for instances of type '${type}'. Ensure that you are using an AMI with virtualization type 'hvm'.`,
    );
  }
  if (image.rootDeviceType === 'instance-store' && !withInstanceStoreRoot.includes(family)) {
    throw new AwsError(
      'UnsupportedOperation',
      `AMI '${image.id}' with an instance-store root device is not supported for the instance type '${type}'.`,
    );
  }
  if (!image.enaSupport && enaSupportOf(type) === 'required') {
    throw new AwsError(
      'InvalidParameterCombination',
      `Enhanced networking with the Elastic Network Adapter (ENA) is required for the '${type}' instance type. Ensure that you are using an AMI that is enabled for ENA.`,
    );
  }
};
