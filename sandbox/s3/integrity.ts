import { createHash } from 'node:crypto';
import { AwsError } from '../model/aws-error.ts';
import type { ChecksumAlgorithm } from '../model/bucket-records.ts';
import type { AwsRequest } from '../model/contract.ts';
import { algorithms, checksumOf } from './checksums.ts';
import { invalidRequest } from './errors.ts';

/** Operations whose checksum headers describe the future object, not the request's own body. */
const aboutTheObject = new Set(['CompleteMultipartUpload']);
/** Operations for which S3 requires a checksum or a Content-MD5. */
const insists = new Set(['DeleteObjects', 'PutBucketTagging']);

/**
 * Compares a body with its checksum headers ("Checking object integrity"). Throws `BadDigest`, `InvalidDigest` or
 * `InvalidRequest`.
 */
export const checkIntegrity = (operation: string, { headers, body }: AwsRequest): void => {
  if (aboutTheObject.has(operation)) return;
  const md5 = headers['content-md5'];
  if (md5 !== undefined) checkMd5(md5, body);
  const stated = Object.keys(algorithms).flatMap((algorithm) => {
    const value = headers[`x-amz-checksum-${algorithm.toLowerCase()}`];
    return value === undefined ? [] : [{ algorithm: algorithm as ChecksumAlgorithm, value }];
  });
  if (stated.length > 1) {
    throw invalidRequest(
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    );
  }
  const [only] = stated;
  const announced = headers['x-amz-sdk-checksum-algorithm'];
  if (announced !== undefined && !only && body.length > 0 && !Object.keys(headers).some(isUnknownChecksum)) {
    throw invalidRequest(
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    );
  }
  if (only) check(only.algorithm, only.value, body);
  else if (md5 === undefined && insists.has(operation)) {
    throw invalidRequest('Missing required header for this request: Content-MD5 OR x-amz-checksum-*');
  }
};

const isUnknownChecksum = (header: string): boolean => /^x-amz-checksum-(xxhash|type)/.test(header);

const check = (algorithm: ChecksumAlgorithm, value: string, body: Buffer): void => {
  if (Buffer.from(value, 'base64').length !== algorithms[algorithm].length) {
    throw invalidRequest(`Value for x-amz-checksum-${algorithm.toLowerCase()} header is invalid.`);
  }
  if (checksumOf(algorithm, body) !== value) {
    throw new AwsError('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`);
  }
};

const checkMd5 = (value: string, body: Buffer): void => {
  if (Buffer.from(value, 'base64').length !== algorithms.MD5.length) {
    throw new AwsError('InvalidDigest', 'The Content-MD5 you specified was invalid.', {
      details: { 'Content-MD5': value },
    });
  }
  const calculated = createHash('md5').update(body).digest('base64');
  if (calculated !== value) {
    throw new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received.', {
      details: { ExpectedDigest: value, CalculatedDigest: calculated },
    });
  }
};
