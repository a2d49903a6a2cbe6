import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Caller, signerOf } from '../calls/sessions.ts';
import { AwsError } from '../model/aws-error.ts';
import type { AwsRequest } from '../model/contract.ts';
import { addressOf } from '../wire/rest-address.ts';
import { accessDenied, invalidRequest } from './errors.ts';

/** Regions from before 2014, whose S3 still accepts Signature Version 2. */
const takeIt = new Set([
  'us-east-1',
  'us-west-1',
  'us-west-2',
  'eu-west-1',
  'ap-northeast-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'sa-east-1',
]);

/** Parameters that are part of the signature, along with the path ("Signing and authenticating REST requests", version 2). */
const signed =
  /^(acl|cors|delete|lifecycle|location|logging|notification|partNumber|policy|requestPayment|response-.*|restore|tagging|torrent|uploadId|uploads|versionId|versioning|versions|website)$/;

/** Whether a request has a version 2 signature, in its header or its query. */
export const hasOldSignature = ({ headers, path }: AwsRequest): boolean =>
  headers.authorization?.startsWith('AWS ') === true || /[?&]AWSAccessKeyId=/.test(path);

/**
 * The signer of a URL with Signature Version 2, as the AWS CLI 1 and boto3 still create them for us-east-1. Throws
 * `InvalidRequest` where S3 refuses version 2: in newer regions, and in the Authorization header of requests to buckets created
 * since 2020.
 */
export const callerByOldSignature = (request: AwsRequest, region: string, now: Date): Caller => {
  const query = new URLSearchParams(request.path.split('?').slice(1).join('?'));
  const expires = query.get('Expires');
  if (!takeIt.has(region) || request.headers.authorization !== undefined || expires === null) {
    throw invalidRequest(
      'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
    );
  }
  const accessKeyId = query.get('AWSAccessKeyId') ?? '';
  const signer = signerOf(accessKeyId, undefined, now);
  if (typeof signer === 'string') {
    throw new AwsError(
      'InvalidAccessKeyId',
      'The AWS Access Key Id you provided does not exist in our records.',
      {
        details: { AWSAccessKeyId: accessKeyId },
      },
    );
  }
  const expected = createHmac('sha1', signer.secretAccessKey)
    .update(textToSign(request, query, expires))
    .digest();
  const given = Buffer.from(query.get('Signature') ?? '', 'base64');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new AwsError(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
      { details: { AWSAccessKeyId: accessKeyId } },
    );
  }
  if (now.getTime() > Number(expires) * 1000) throw accessDenied('Request has expired');
  return signer.caller;
};

const textToSign = (request: AwsRequest, query: URLSearchParams, expires: string): string => {
  const { method, headers, path } = request;
  const amazon = Object.keys(headers)
    .filter((name) => name.startsWith('x-amz-'))
    .sort()
    .map((name) => `${name}:${headers[name]}\n`);
  const { bucket } = addressOf(request);
  const written = path.split('?')[0] ?? '/';
  const isInPath =
    decodeURIComponent(written).startsWith(`/${bucket}/`) || decodeURIComponent(written) === `/${bucket}`;
  const parameters = [...query]
    .filter(([name]) => signed.test(name))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`));
  const resource = `${isInPath || bucket === undefined ? '' : `/${bucket}`}${written}`;
  return [
    method,
    headers['content-md5'] ?? '',
    headers['content-type'] ?? '',
    expires,
    `${amazon.join('')}${resource}${parameters.length > 0 ? `?${parameters.join('&')}` : ''}`,
  ].join('\n');
};
