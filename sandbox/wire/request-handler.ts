import { Readable } from 'node:stream';
import { HttpResponse } from '@smithy/core/transport';
import type { EmbeddedAws } from '../model/contract.ts';

/** The parts of the SDK's HTTP request that are used here. */
interface SdkRequest {
  method: string;
  hostname: string;
  path: string;
  query?: Record<string, string | string[] | null> | undefined;
  headers: Record<string, string>;
  body?: unknown;
}

interface SdkOptions {
  abortSignal?:
    | { aborted: boolean; addEventListener?(type: 'abort', listener: () => void): void }
    | undefined;
}

/**
 * A `requestHandler` for SDK clients that reaches an embedded AWS without a socket; serialization, signing and retries are the
 * SDK's own. A dropped call fails like a reset connection; one that hangs fails at the abort signal or after `hangLimit`
 * milliseconds, like a timeout.
 */
export const createRequestHandler = (aws: Pick<EmbeddedAws, 'handle'>, { hangLimit = 200 } = {}) => ({
  metadata: { handlerProtocol: 'h1' },
  handle: async (request: SdkRequest, options: SdkOptions = {}): Promise<{ response: HttpResponse }> => {
    const answer = await aws.handle({
      method: request.method,
      hostname: request.hostname,
      path: pathOf(request),
      headers: Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
      ),
      body: await bodyOf(request.body),
    });
    if (answer === 'drop') throw networkError('ECONNRESET', 'socket hang up');
    if (answer === 'hang') return timeOut(options.abortSignal, hangLimit);
    return {
      response: new HttpResponse({
        statusCode: answer.status,
        headers: answer.headers,
        body: Readable.from([answer.body]),
      }),
    };
  },
  updateHttpClientConfig: () => {},
  httpHandlerConfigs: () => ({}),
  destroy: () => {},
});

const pathOf = ({ path, query = {} }: SdkRequest): string => {
  const pairs = Object.entries(query).flatMap(([name, values]) =>
    [values].flat().map((value) => `${encodeURIComponent(name)}=${encodeURIComponent(value ?? '')}`),
  );
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
};

const bodyOf = async (body: unknown): Promise<Buffer> => {
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (typeof body === 'string') return Buffer.from(body, 'utf8');
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (body instanceof Readable) return Buffer.concat(await body.toArray());
  throw new Error('The sandbox only reads text, bytes and streams');
};

const timeOut = (signal: SdkOptions['abortSignal'], limit: number): Promise<never> =>
  new Promise((_, reject) => {
    const timer = setTimeout(() => reject(networkError('ETIMEDOUT', 'no answer', 'TimeoutError')), limit);
    signal?.addEventListener?.('abort', () => {
      clearTimeout(timer);
      reject(networkError('ABORT_ERR', 'Request aborted', 'AbortError'));
    });
  });

const networkError = (code: string, message: string, name = 'Error'): Error =>
  Object.assign(new Error(message), { code, name });
