import { AwsError } from '../model/aws-error.ts';
import { factsOf } from './instance-type-facts.ts';

/** The part before the dot: `m3` of `m3.medium`. */
export const familyOf = (type: string): string => type.split('.')[0] ?? '';

/** Whether an instance type with this name exists. */
export const isInstanceType = (type: string): boolean => factsOf(type) !== undefined;

/** The architecture of an instance type, in EC2's spelling. Throws `InvalidParameterValue` for a type that does not exist. */
export const architectureOf = (type: string): 'arm64' | 'x86_64' => {
  const facts = factsOf(type);
  if (!facts) throw new AwsError('InvalidParameterValue', `Invalid value '${type}' for InstanceType.`);
  return facts.architecture;
};
