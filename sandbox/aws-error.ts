/**
 * HTTP status by error code, where it is not 400.
 * From "Error codes for the Amazon EC2 API" and "Common errors" of STS and Systems Manager.
 */
const statusByCode: Record<string, number> = {
  AccessDenied: 403,
  AuthFailure: 401,
  DryRunOperation: 412,
  ExpiredToken: 403,
  InsufficientAddressCapacity: 503,
  InsufficientCapacity: 503,
  InsufficientInstanceCapacity: 503,
  InsufficientReservedInstanceCapacity: 503,
  InsufficientVolumeCapacity: 503,
  InternalError: 500,
  InternalFailure: 500,
  InternalServerError: 500,
  InvalidClientTokenId: 403,
  MissingAuthenticationToken: 403,
  NotImplementedBySandbox: 501,
  OptInRequired: 403,
  RequestLimitExceeded: 503,
  ServerInternal: 500,
  ServiceUnavailable: 503,
  SignatureDoesNotMatch: 403,
  Unavailable: 503,
  UnauthorizedOperation: 403,
};

/** The HTTP status that AWS answers with for an error code. 400 where nothing else is known. */
export const statusOf = (code: string): number => statusByCode[code] ?? 400;

/** An error as a service of AWS answers it. It becomes an HTTP answer, never a stack trace. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status: number = statusOf(code)) {
    super(message);
    this.name = 'AwsError';
    this.code = code;
    this.status = status;
  }
}

/** What the sandbox answers for what it does not have: never a guess, never silence. */
export const notImplemented = (what: string): AwsError =>
  new AwsError('NotImplementedBySandbox', `The sandbox does not implement ${what}.`);
