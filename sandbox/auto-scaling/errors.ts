import { AwsError } from '../model/aws-error.ts';

/** Auto Scaling answers most of what is wrong with a request with this one code ("Common Error Types"). */
export const invalid = (message: string): AwsError => new AwsError('ValidationError', message);

/** A member that breaks a rule of the model. */
export const constraint = (value: unknown, at: string, rule: string): AwsError =>
  invalid(
    `1 validation error detected: Value '${String(value)}' at '${at}' failed to satisfy constraint: ${rule}`,
  );

/** What an operation of EC2 says, in the words of Auto Scaling, which asks EC2 before it takes a request. */
export const asked = <T>(prefix: string, question: () => T): T => {
  try {
    return question();
  } catch (error) {
    if (!(error instanceof AwsError) || error.code === 'NotImplementedBySandbox') throw error;
    throw invalid(`${prefix}${error.message}`);
  }
};
