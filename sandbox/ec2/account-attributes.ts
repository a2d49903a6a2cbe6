import type {
  AccountAttribute,
  DescribeAccountAttributesRequest,
  DescribeAccountAttributesResult,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import { mostAddresses } from './addresses.ts';
import { vpcsOf } from './network-records.ts';

/** "max-instances: This attribute is no longer supported. The returned value does not reflect your actual vCPU limit". */
const maxInstances = '20';
/** "Amazon VPC quotas" */
const groupsOfInterface = '5';

const attributes: Record<string, (context: Context) => string> = {
  'supported-platforms': () => 'VPC',
  'vpc-max-security-groups-per-interface': () => groupsOfInterface,
  'max-elastic-ips': () => String(mostAddresses),
  'max-instances': () => maxInstances,
  'vpc-max-elastic-ips': () => String(mostAddresses),
  'default-vpc': (context) => vpcsOf(context).find(({ isDefault }) => isDefault)?.id ?? 'none',
};

export const accountAttributeOperations: Record<string, Operation> = {
  DescribeAccountAttributes: operation<DescribeAccountAttributesRequest, DescribeAccountAttributesResult>(
    ['AttributeNames'],
    (context, { AttributeNames: names = [] }) => {
      const strange = names.find((name) => !Object.hasOwn(attributes, name));
      if (strange !== undefined) {
        throw new AwsError(
          'InvalidParameterValue',
          `Value (${strange}) for parameter attributeName is invalid. Unknown attribute.`,
        );
      }
      const shown = names.length > 0 ? [...new Set<string>(names)] : Object.keys(attributes);
      return {
        AccountAttributes: shown.map(
          (AttributeName): AccountAttribute => ({
            AttributeName,
            AttributeValues: [{ AttributeValue: attributes[AttributeName]?.(context) }],
          }),
        ),
      };
    },
  ),
};
