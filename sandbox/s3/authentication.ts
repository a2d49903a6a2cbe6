import { type Caller, type Signer, signerOf } from '../calls/sessions.ts';
import { AwsError } from '../model/aws-error.ts';
import type { AwsRequest } from '../model/contract.ts';
import type { Store } from '../state/store.ts';
import { isOn } from '../state/stored-settings.ts';
import type { Endpoint } from '../wire/host.ts';
import { addressOf } from '../wire/rest-address.ts';
import { s3HostOf } from '../wire/s3-host.ts';
import { isSignedWith, type Signature, sessionTokenOf, signatureOf } from '../wire/signature.ts';
import { bucketsIn } from './bucket-access.ts';
import { accessDenied } from './errors.ts';
import { checkIntegrity } from './integrity.ts';
import { callerByOldSignature, hasOldSignature } from './old-signature.ts';
import { payloadHash, verifiedPayload } from './signed-payload.ts';

export interface Received {
  /** Absent for an unsigned request. */
  caller?: Caller;
  /** The request without framing and trailers. */
  request: AwsRequest;
}

/** For a bucket in the host name, the global endpoint acts as the endpoint of the bucket's region. */
export const settledEndpoint = (store: Store, request: AwsRequest, endpoint: Endpoint): Endpoint => {
  const bucket = s3HostOf(request.hostname)?.bucket;
  const region = endpoint.isGlobal && bucket !== undefined ? bucketsIn(store).get(bucket)?.region : undefined;
  return { ...endpoint, region: region ?? endpoint.region };
};

/**
 * Identifies the caller and the request after checking signature and body. Throws S3's own errors ("Authenticating requests",
 * "Error responses"). An unsigned request comes from nobody, who may read public objects.
 */
export const receive = (
  request: AwsRequest,
  { region }: Endpoint,
  operation: string,
  { store, now, moved }: { store: Store; now: Date; moved: Date },
): Received => {
  if (hasOldSignature(request)) {
    const caller = callerByOldSignature(request, region, now);
    checkIntegrity(operation, request);
    return { caller, request };
  }
  const signature = signatureIn(request);
  const hash = payloadHash(request);
  const signer = signature && knownSigner(request, signature, moved);
  if (signature && signer) {
    if (!isOn(store, signer.caller.account, region)) throw strangeKey(signature);
    checkScope(request, signature, region);
    checkTime(request, signature, now);
    checkSignedHeaders(request, signature);
    const path = canonicalPath(request);
    if (!isSignedWith(request, signature, signer.secretAccessKey, { path, payload: hash })) {
      throw new AwsError(
        'SignatureDoesNotMatch',
        'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
        { details: { AWSAccessKeyId: signature.accessKeyId } },
      );
    }
  }
  const received = verifiedPayload(request, hash, signature, signer?.secretAccessKey ?? '');
  checkIntegrity(operation, received);
  return { ...(signer ? { caller: signer.caller } : {}), request: received };
};

const isPresigned = ({ headers, path }: AwsRequest): boolean =>
  headers.authorization === undefined && /[?&]X-Amz-(Algorithm|Signature|Credential)=/.test(path);

/** The signature; undefined if the request has none. Throws for an unknown or malformed one. */
const signatureIn = (request: AwsRequest): Signature | undefined => {
  const { authorization } = request.headers;
  const signature = signatureOf(request);
  if (signature) return signature;
  if (authorization !== undefined)
    throw malformed('the credential, the signed headers or the signature is missing.');
  if (isPresigned(request)) {
    throw new AwsError(
      'AuthorizationQueryParametersError',
      'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
    );
  }
  return undefined;
};

const knownSigner = (request: AwsRequest, signature: Signature, now: Date): Signer => {
  const token = sessionTokenOf(request);
  const signer = signerOf(signature.accessKeyId, token, now);
  if (signer === 'expired') throw new AwsError('ExpiredToken', 'The provided token has expired.', 400);
  if (signer !== 'unknown') return signer;
  throw token === undefined
    ? strangeKey(signature)
    : new AwsError('InvalidToken', 'The provided token is malformed or otherwise invalid.');
};

const strangeKey = ({ accessKeyId }: Signature): AwsError =>
  new AwsError('InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.', {
    details: { AWSAccessKeyId: accessKeyId },
  });

const checkScope = (request: AwsRequest, { service, region: signed }: Signature, region: string): void => {
  if (service !== 's3') throw malformed(`incorrect service "${service}". This endpoint belongs to "s3".`);
  if (signed === region) return;
  const more = { details: { Region: region }, headers: { 'x-amz-bucket-region': region } };
  const wrong = `the region '${signed}' is wrong; expecting '${region}'`;
  throw isPresigned(request)
    ? new AwsError(
        'AuthorizationQueryParametersError',
        `Error parsing the X-Amz-Credential parameter; ${wrong}`,
        more,
      )
    : malformed(wrong, more);
};

const malformed = (why: string, more = {}): AwsError =>
  new AwsError('AuthorizationHeaderMalformed', `The authorization header is malformed; ${why}`, more);

const minute = 60_000;
const week = 7 * 24 * 60 * minute;

/** A signed request is valid for 15 minutes, a presigned one for as long as it says, a week at most. */
const checkTime = (request: AwsRequest, { time, date }: Signature, now: Date): void => {
  const [, year, month, day, hour, minutes, seconds] = /^(....)(..)(..)T(..)(..)(..)Z$/.exec(time) ?? [];
  const signedAt = Date.parse(`${year}-${month}-${day}T${hour}:${minutes}:${seconds}Z`);
  if (Number.isNaN(signedAt) || !time.startsWith(date)) {
    throw malformed('Invalid credential date. Date is not the same as X-Amz-Date.');
  }
  if (!isPresigned(request)) {
    if (Math.abs(now.getTime() - signedAt) <= 15 * minute) return;
    throw new AwsError(
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
      { details: { RequestTime: time, ServerTime: now.toISOString(), MaxAllowedSkewMilliseconds: '900000' } },
    );
  }
  const lifetime =
    Number(new URLSearchParams(request.path.split('?')[1]).get('X-Amz-Expires') ?? 'none') * 1000;
  if (!(lifetime > 0 && lifetime <= week)) {
    throw new AwsError(
      'AuthorizationQueryParametersError',
      'X-Amz-Expires must be a number of seconds between 1 and 604800',
    );
  }
  if (now.getTime() > signedAt + lifetime) throw accessDenied('Request has expired');
  if (now.getTime() < signedAt - 15 * minute) throw accessDenied('Request is not yet valid');
};

const checkSignedHeaders = ({ headers }: AwsRequest, { signedHeaders }: Signature): void => {
  const left = Object.keys(headers).filter(
    (name) => name.startsWith('x-amz-') && !signedHeaders.includes(name),
  );
  if (!signedHeaders.includes('host')) left.push('host');
  if (left.length === 0) return;
  throw new AwsError('AccessDenied', 'There were headers present in the request which were not signed', {
    details: { HeadersNotSigned: left.join(', ') },
  });
};

/** S3 signs the path in one canonical encoding, whatever encoding the client used. */
const canonicalPath = (request: AwsRequest): string => {
  addressOf(request);
  return decodeURIComponent(request.path.split('?')[0] ?? '/')
    .split('/')
    .map((one) => encodeURIComponent(one).replace(/[!'()*]/g, percentEncoded))
    .join('/');
};

const percentEncoded = (one: string): string => `%${one.charCodeAt(0).toString(16).toUpperCase()}`;
