import { AwsError } from '../model/aws-error.ts';

/** Auto Scaling answers most invalid requests with this one code ("Common Error Types"). */
export const invalid = (message: string): AwsError => new AwsError('ValidationError', message);

/** A member that violates a rule of the model. */
export const constraint = (value: unknown, at: string, rule: string): AwsError =>
  invalid(
    `1 validation error detected: Value '${String(value)}' at '${at}' failed to satisfy constraint: ${rule}`,
  );

/** Reports an error of an EC2 operation in the words of Auto Scaling, which asks EC2 before it accepts a request. */
export const asked = <T>(prefix: string, question: () => T): T => {
  try {
    return question();
  } catch (error) {
    if (!(error instanceof AwsError) || error.code === 'NotImplementedBySandbox') throw error;
    throw invalid(`${prefix}${error.message}`);
  }
};
