/** The request rate was too high. */
const throttlingCodes: ReadonlySet<string> = new Set([
  'RequestLimitExceeded',
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestThrottled',
  'RequestThrottledException',
  'TooManyRequestsException',
  'EC2ThrottledException',
]);

/**
 * The errors that AWS says to retry: EC2's "Server error codes" and its codes for request throttling, and the AWS SDKs' common
 * list of throttling and transient errors. Those that end with `.NotFound` occur for resources that the build itself has just
 * created and EC2 does not know everywhere yet ("Eventual consistency", EC2 API).
 */
const transientCodes = new Set([
  ...throttlingCodes,
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
  'InvalidGroup.NotFound',
  'InvalidKeyPair.NotFound',
  'InvalidVolume.NotFound',
  'InvalidSpotInstanceRequestID.NotFound',
]);

/** Whether AWS says to retry after an error with this code. Pure. */
export const isTransientCode = (code: string): boolean => transientCodes.has(code);

/** Whether an error with this code says that the request rate was too high. Pure. */
export const isThrottlingCode = (code: string): boolean => throttlingCodes.has(code);

/**
 * Whether AWS's reason for a failed or terminated resource means to retry. "Server" errors are AWS's own (EC2's "Troubleshoot
 * instance launch issues"); `Client.InternalError` is, for example, a KMS key that it may not use.
 *
 * @param reason starts with EC2's code: `Server.InternalError: Internal error on launch`.
 */
export function isTransientReason(reason: string): boolean {
  const [, code] = /^Server\.([A-Za-z]+)(?::|$)/.exec(reason) ?? [];
  return code !== undefined && isTransientCode(code);
}
