/**
 * HTTP status by error code, if it is not 400. From "Error codes for the Amazon EC2 API", "Common errors" of STS and Systems
 * Manager, and S3's "Error responses". The status of InsufficientInstanceCapacity is as Packer's users have seen it
 * (hashicorp/packer#3924): at 503 clients would back off for minutes, as they do when throttled.
 */
const statusByCode: Record<string, number> = {
  AccessDenied: 403,
  AuthFailure: 401,
  BucketAlreadyExists: 409,
  BucketAlreadyOwnedByYou: 409,
  BucketNotEmpty: 409,
  DryRunOperation: 412,
  ExpiredToken: 403,
  InsufficientAddressCapacity: 503,
  InsufficientCapacity: 503,
  InsufficientInstanceCapacity: 500,
  InsufficientReservedInstanceCapacity: 503,
  InsufficientVolumeCapacity: 503,
  InternalError: 500,
  InternalFailure: 500,
  InternalServerError: 500,
  InvalidAccessKeyId: 403,
  InvalidBucketState: 409,
  InvalidClientTokenId: 403,
  InvalidPartNumber: 416,
  InvalidRange: 416,
  MethodNotAllowed: 405,
  MissingAuthenticationToken: 403,
  MissingContentLength: 411,
  NoSuchBucket: 404,
  NoSuchBucketPolicy: 404,
  NoSuchEntity: 404,
  NoSuchKey: 404,
  NoSuchPublicAccessBlockConfiguration: 404,
  NoSuchTagSet: 404,
  NoSuchUpload: 404,
  NotImplemented: 501,
  NotImplementedBySandbox: 501,
  OptInRequired: 403,
  ObjectLockConfigurationNotFoundError: 404,
  OperationAborted: 409,
  OwnershipControlsNotFoundError: 404,
  PermanentRedirect: 301,
  PreconditionFailed: 412,
  RequestLimitExceeded: 503,
  RequestTimeTooSkewed: 403,
  ServerInternal: 500,
  ServiceUnavailable: 503,
  SignatureDoesNotMatch: 403,
  SlowDown: 503,
  Unavailable: 503,
  UnauthorizedOperation: 403,
};

/** AWS's HTTP status for an error code; 400 if nothing else is known. */
export const statusOf = (code: string): number => statusByCode[code] ?? 400;

/** Additional fields of some of S3's errors. */
export interface ErrorDetails {
  /** Set if it differs from AWS's usual status for the code. */
  status?: number;
  /** Further elements of the error: `BucketName`, `Key`. */
  details?: Record<string, string>;
  headers?: Record<string, string>;
}

/** An error as an AWS service returns it. It becomes an HTTP answer, never a stack trace. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  readonly details: Record<string, string>;
  readonly headers: Record<string, string>;

  constructor(code: string, message: string, more: number | ErrorDetails | undefined = {}) {
    super(message);
    this.name = 'AwsError';
    this.code = code;
    const { status, details = {}, headers = {} } = typeof more === 'number' ? { status: more } : more;
    this.status = status ?? statusOf(code);
    this.details = details;
    this.headers = headers;
  }
}

/** The sandbox's answer to anything it does not support: never a guess, never silence. */
export const notImplemented = (what: string): AwsError =>
  new AwsError('NotImplementedBySandbox', `The sandbox does not implement ${what}.`);
