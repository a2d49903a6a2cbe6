/**
 * The errors after which AWS says to try again: EC2's API error codes of its "Server error codes" and of
 * request throttling, and the AWS SDKs' common list of throttling and transient errors. The last three are said of
 * what the build itself has just made, while EC2 does not know it everywhere ("Eventual consistency", EC2 API).
 */
const transientCodes = new Set([
  'RequestLimitExceeded',
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestThrottled',
  'RequestThrottledException',
  'TooManyRequestsException',
  'EC2ThrottledException',
  'InsufficientInstanceCapacity',
  'InsufficientAddressCapacity',
  'InternalError',
  'InternalFailure',
  'ServiceUnavailable',
  'Unavailable',
  'RequestTimeout',
  'RequestTimeoutException',
  'InvalidAMIID.NotFound',
  'InvalidInstanceID.NotFound',
  'InvalidSnapshot.NotFound',
]);

/** Whether AWS says to try again after an error of this code. Pure. */
export const isTransientCode = (code: string): boolean => transientCodes.has(code);

/**
 * Whether AWS says to try again after what it did not make, or ended. "Server" errors are its own (EC2's "Troubleshoot
 * instance launch issues"); `Client.InternalError` is a key that it may not use, say.
 *
 * @param reason begins with EC2's code: `Server.InternalError: Internal error on launch`.
 */
export function isTransientReason(reason: string): boolean {
  const [, code] = /^Server\.([A-Za-z]+)(?::|$)/.exec(reason) ?? [];
  return code !== undefined && isTransientCode(code);
}
