import type {
  ReplaceImageInstanceTypeSpecificationRequest,
  ReplaceImageInstanceTypeSpecificationResult,
} from '@aws-sdk/client-ec2';
import { type Operation, operation } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import { ownImage, putImage } from './image-records.ts';

const mostEntries = 100;

/** Checks the lists to store, with the rules of InstanceTypeSpecificationRequest. */
const checkEntries = (supported: readonly string[], unsupported: readonly string[]): void => {
  const all = [...supported, ...unsupported];
  const wrong = all.find((entry) => !/^[A-Za-z0-9_.*-]{1,24}$/.test(entry) || entry.includes('**'));
  if (wrong !== undefined) {
    throw new AwsError('InvalidParameterValue', `Value (${wrong}) for parameter instanceType is invalid.`);
  }
  const twice = all.find((entry, index) => all.indexOf(entry) < index);
  if (twice !== undefined) {
    throw new AwsError('InvalidParameterValue', `The instance type '${twice}' is given twice.`);
  }
  if (supported.length > mostEntries || unsupported.length > mostEntries) {
    throw new AwsError('InvalidParameterValue', `A list has at most ${mostEntries} instance types.`);
  }
};

export const imageInstanceTypeOperations: Record<string, Operation> = {
  /** Replaces the earlier specification; without one, every instance type is allowed again. */
  ReplaceImageInstanceTypeSpecification: operation<
    ReplaceImageInstanceTypeSpecificationRequest,
    ReplaceImageInstanceTypeSpecificationResult
  >(
    ['ImageId', 'InstanceTypeSpecification'],
    (context, { ImageId = '', InstanceTypeSpecification: given }) => {
      const { instanceTypes: _, ...image } = ownImage(context, ImageId);
      const { SupportedInstanceTypes: supported = [], UnsupportedInstanceTypes: unsupported = [] } =
        given ?? {};
      checkEntries(supported, unsupported);
      const instanceTypes = {
        ...(supported.length > 0 ? { supported } : {}),
        ...(unsupported.length > 0 ? { unsupported } : {}),
      };
      putImage(context, supported.length + unsupported.length > 0 ? { ...image, instanceTypes } : image);
      return { ReturnValue: true };
    },
  ),
};
