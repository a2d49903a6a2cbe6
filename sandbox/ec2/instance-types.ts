import { AwsError } from '../model/aws-error.ts';
import { factsOf } from './instance-type-facts.ts';

/** What stands before the dot: `m3` of `m3.medium`. */
export const familyOf = (type: string): string => type.split('.')[0] ?? '';

/** Whether there is an instance type of this name. */
export const isInstanceType = (type: string): boolean => factsOf(type) !== undefined;

/** Architecture of an instance type, as EC2 says it. Throws `InvalidParameterValue` for a type that does not exist. */
export const architectureOf = (type: string): 'arm64' | 'x86_64' => {
  const facts = factsOf(type);
  if (!facts) throw new AwsError('InvalidParameterValue', `Invalid value '${type}' for InstanceType.`);
  return facts.architecture;
};
