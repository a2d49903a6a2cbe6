import { AwsError } from '../model/aws-error.ts';
import type { AwsRequest } from '../model/contract.ts';

/** Verifies chunk after chunk, and finally the trailer; throws if a signature does not match. */
export interface ChunkCheck {
  chunk(content: Buffer, signature: string | undefined): void;
  trailer(lines: string, signature: string | undefined): void;
}

/**
 * Removes the `aws-chunked` framing from a request: the body becomes the content alone, trailing checksums become headers
 * ("Signature calculations: transferring a payload in multiple chunks"). Throws `IncompleteBody` for wrong framing or a wrong
 * announced length.
 */
export const withoutChunks = (request: AwsRequest, check: ChunkCheck): AwsRequest => {
  const { content, rest } = readChunks(request.body, check);
  const { 'x-amz-decoded-content-length': announced, ...headers } = request.headers;
  if (announced === undefined) {
    throw new AwsError('MissingContentLength', 'You must provide the Content-Length HTTP header.');
  }
  if (Number(announced) !== content.length) throw incomplete();
  const encoding = (headers['content-encoding'] ?? '')
    .split(',')
    .filter((one) => one.trim() !== '' && one.trim() !== 'aws-chunked')
    .join(',')
    .trim();
  const { 'content-encoding': _, 'content-length': __, ...others } = headers;
  return {
    ...request,
    headers: {
      ...others,
      ...(encoding === '' ? {} : { 'content-encoding': encoding }),
      'content-length': String(content.length),
      ...trailersOf(rest, headers['x-amz-trailer'], check),
    },
    body: content,
  };
};

const readChunks = (body: Buffer, check: ChunkCheck): { content: Buffer; rest: string } => {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = body.indexOf('\r\n', at);
    const header = end < 0 ? null : /^([0-9a-fA-F]{1,8})(?:;(.*))?$/.exec(body.toString('latin1', at, end));
    if (!header) throw incomplete();
    const size = Number.parseInt(header[1] ?? '', 16);
    const signature = /(?:^|;)chunk-signature=([0-9a-f]{64})(?:;|$)/.exec(header[2] ?? '')?.[1];
    const start = end + 2;
    const chunk = body.subarray(start, start + size);
    check.chunk(chunk, signature);
    if (size === 0) return { content: Buffer.concat(chunks), rest: body.toString('latin1', start) };
    if (chunk.length < size || body.toString('latin1', start + size, start + size + 2) !== '\r\n')
      throw incomplete();
    chunks.push(chunk);
    at = start + size + 2;
  }
};

/** Trailing headers. Exactly the announced ones have to be present. */
const trailersOf = (rest: string, announced = '', check: ChunkCheck): Record<string, string> => {
  const trailers = Object.fromEntries(
    rest
      .split(/\r?\n/)
      .filter((line) => line.includes(':'))
      .map((line) => [
        line.slice(0, line.indexOf(':')).trim().toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
  );
  const { 'x-amz-trailer-signature': signature, ...named } = trailers;
  const expected = announced.split(',').map((name) => name.trim().toLowerCase());
  const names = expected.filter((name) => name !== '');
  if (names.length !== Object.keys(named).length || names.some((name) => named[name] === undefined)) {
    throw new AwsError(
      'MalformedTrailerError',
      'The request contained trailing data that was not well-formed or did not conform to our published schema.',
    );
  }
  if (names.length > 0) {
    check.trailer(names.map((name) => `${name}:${named[name]}\n`).join(''), signature);
  }
  return named;
};

const incomplete = (): AwsError =>
  new AwsError(
    'IncompleteBody',
    'You did not provide the number of bytes specified by the Content-Length HTTP header',
  );
