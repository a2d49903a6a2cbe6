import { createHash } from 'node:crypto';
import { AwsError, notImplemented } from '../model/aws-error.ts';
import type { AwsRequest } from '../model/contract.ts';
import { chunkSignature, type Signature, sha256 } from '../wire/signature.ts';
import { type ChunkCheck, withoutChunks } from './chunked-body.ts';
import { invalidArgument, invalidRequest } from './errors.ts';

const unsigned = 'UNSIGNED-PAYLOAD';
const unsignedChunks = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';
const signedChunks = ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER'];

const inQuery = (path: string): string | undefined =>
  new URLSearchParams(path.split('?').slice(1).join('?')).get('X-Amz-Content-Sha256') ?? undefined;

/**
 * The body hash that is part of the signature: the header `x-amz-content-sha256`, which only presigned and unsigned requests
 * may omit. Throws `InvalidRequest` or `InvalidArgument`.
 */
export const payloadHash = ({ headers, path }: AwsRequest): string => {
  const stated = headers['x-amz-content-sha256'] ?? inQuery(path);
  if (stated === undefined) {
    if (headers.authorization === undefined) return unsigned;
    throw invalidRequest('Missing required header for this request: x-amz-content-sha256');
  }
  if (/^STREAMING-AWS4-ECDSA-/.test(stated)) throw notImplemented('SigV4A');
  const isKnown =
    [unsigned, unsignedChunks, ...signedChunks].includes(stated) || /^[0-9a-f]{64}$/.test(stated);
  if (isKnown) return stated;
  throw invalidArgument(
    `x-amz-content-sha256 must be ${unsigned}, ${[unsignedChunks, ...signedChunks].join(', ')}, or a valid sha256 value.`,
    'x-amz-content-sha256',
    stated,
  );
};

/** The request with its content as body, after verifying its hash or each chunk's signature. */
export const verifiedPayload = (
  request: AwsRequest,
  hash: string,
  signature: Signature | undefined,
  secretAccessKey: string,
): AwsRequest => {
  refuseUnframed(request, hash);
  if (hash === unsigned) return request;
  if (hash === unsignedChunks) return withoutChunks(request, unchecked);
  if (signedChunks.includes(hash)) {
    if (!signature) throw invalidRequest('A body in signed chunks needs a signed request.');
    return withoutChunks(request, chainOf(signature, secretAccessKey, hash === signedChunks[1]));
  }
  const computed = createHash('sha256').update(request.body).digest('hex');
  if (computed === hash) return request;
  throw new AwsError(
    'XAmzContentSHA256Mismatch',
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
    { details: { ClientComputedContentSHA256: hash, S3ComputedContentSHA256: computed } },
  );
};

/** S3 refuses a body of unknown length. */
const refuseUnframed = ({ headers }: AwsRequest, hash: string): void => {
  if (headers['transfer-encoding'] === undefined || hash.startsWith('STREAMING-')) return;
  throw new AwsError(
    'NotImplemented',
    'A header you provided implies functionality that is not implemented',
    {
      details: { Header: 'Transfer-Encoding' },
    },
  );
};

const unchecked: ChunkCheck = { chunk: () => undefined, trailer: () => undefined };

/** Every chunk's signature includes the previous signature, the first one the request's own. */
const chainOf = (signature: Signature, secretAccessKey: string, hasTrailer: boolean): ChunkCheck => {
  let previous = signature.hex;
  const check = (algorithm: string, given: string | undefined, hashes: string[]): void => {
    const expected = chunkSignature(signature, secretAccessKey, algorithm, [previous, ...hashes]);
    if (given !== expected) {
      throw new AwsError(
        'SignatureDoesNotMatch',
        'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
      );
    }
    previous = expected;
  };
  return {
    chunk: (content, given) => check('AWS4-HMAC-SHA256-PAYLOAD', given, [sha256(''), sha256(content)]),
    trailer: (lines, given) => {
      if (!hasTrailer) throw invalidRequest('A trailer needs STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER.');
      check('AWS4-HMAC-SHA256-TRAILER', given, [sha256(lines)]);
    },
  };
};
