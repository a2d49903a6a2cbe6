import { AwsError } from '../model/aws-error.ts';
import { architectureOf, familyOf } from './instance-types.ts';

/** Families that boot nothing but paravirtual images ("Linux AMI virtualization types"). */
const paravirtualOnly = ['m1', 'm2', 'c1', 't1'];
const paravirtual = [...paravirtualOnly, 'm3', 'c3', 'hi1', 'hs1'];

const withoutEna = [...paravirtual, 'c4', 't2', 'r3', 'i2', 'd2', 'g2', 'p2', 'x1', 'm4'];

/** Families that can have their root on instance-store ("Create an instance store-backed AMI"). */
const withInstanceStoreRoot = ['c1', 'c3', 'd2', 'i2', 'm1', 'm2', 'm3', 'r3', 'x1'];

export const hasEna = (type: string): boolean => !withoutEna.includes(familyOf(type));

export const rootDevicesOf = (type: string): ('ebs' | 'instance-store')[] =>
  withInstanceStoreRoot.includes(familyOf(type)) ? ['ebs', 'instance-store'] : ['ebs'];

export const virtualizationsOf = (type: string): ('hvm' | 'paravirtual')[] => {
  const family = familyOf(type);
  if (paravirtualOnly.includes(family)) return ['paravirtual'];
  return paravirtual.includes(family) ? ['hvm', 'paravirtual'] : ['hvm'];
};

interface Launched {
  id: string;
  architecture: string;
  virtualization: string;
  enaSupport: boolean;
  rootDeviceType?: 'instance-store';
}

/**
 * Throws where an image cannot start on an instance type: another architecture, a virtualization type or a kind of root
 * device that the family does not have, or an image without the network driver that newer families need. Codes and words
 * are those that EC2 answers.
 */
export const checkImageFitsType = (image: Launched, type: string): void => {
  const architecture = architectureOf(type);
  if (architecture !== image.architecture) {
    throw new AwsError(
      'InvalidParameterValue',
      `The architecture '${architecture}' of the specified instance type does not match the architecture '${image.architecture}' of the specified AMI. Specify an instance type and an AMI that have matching architectures, and try again.`,
    );
  }
  const family = familyOf(type);
  if (image.virtualization === 'hvm' && paravirtualOnly.includes(family)) {
    throw new AwsError(
      'InvalidParameterCombination',
      "Non-Windows instances with a virtualization type of 'hvm' are currently not supported for this instance type.",
    );
  }
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
  if (!image.enaSupport && !withoutEna.includes(family)) {
    throw new AwsError(
      'InvalidParameterCombination',
      `Enhanced networking with the Elastic Network Adapter (ENA) is required for the '${type}' instance type. Ensure that you are using an AMI that is enabled for ENA.`,
    );
  }
};
