import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { AwsResponse, EmbeddedAws } from '../model/contract.ts';
import { mayHoldContent, namedHostOf } from '../wire/named-host.ts';
import type { Authority } from './authority.ts';
import { bodyLimitOf, bodyLimits, certificateNames, isAwsHost } from './aws-hosts.ts';
import { readBody } from './read-body.ts';
import type { Refusals } from './refusals.ts';

/** Receives the connections inside the proxy's tunnels, and requests that come without a tunnel. */
export interface AwsEndpoint {
  /** Serves TLS and HTTP on a connection on which the client has not sent anything yet. */
  serve(socket: Socket): void;
  /** Answers a request to the sandbox's own port, as to an endpoint URL: its signature names the service. */
  answer(request: IncomingMessage, response: ServerResponse): void;
  /** Resolves once no request is in progress, after `limit` milliseconds at the latest. */
  idle(limit: number): Promise<void>;
}

export interface AwsEndpointOptions {
  aws: Pick<EmbeddedAws, 'handle'>;
  authority: Authority;
  refusals: Refusals;
  log: (message: string) => void;
}

/** Longer than any client keeps a connection, so that a reused one never closes under a request. */
const keepAliveLimit = 10 * 60 * 1000;

/** TLS and HTTP of the AWS hosts; passes every request to the embedded AWS. */
export function createAwsEndpoint(options: AwsEndpointOptions): AwsEndpoint {
  const { authority, refusals, log } = options;
  const underWay = new Set<Promise<void>>();
  const server = createServer({
    ALPNProtocols: ['http/1.1'],
    minVersion: 'TLSv1.2',
    SNICallback: (host, done) => {
      if (!isAwsHost(host)) {
        refusals.add({
          method: 'TLS',
          host,
          reason: 'the TLS server name is not the host that the tunnel was opened for',
        });
        done(new Error(`${host} is not part of the sandbox`));
        return;
      }
      authority.contextFor(certificateNames(host)).then((context) => done(null, context), done);
    },
  });
  server.keepAliveTimeout = keepAliveLimit;
  server.on('tlsClientError', (error) => log(`TLS handshake failed: ${error.message}`));
  const carryOut = (
    request: IncomingMessage,
    response: ServerResponse,
    how: (request: IncomingMessage, response: ServerResponse, options: AwsEndpointOptions) => Promise<void>,
  ): void => {
    const answered = how(request, response, options)
      .catch((error: unknown) => {
        log(`request failed: ${error instanceof Error ? error.stack : String(error)}`);
        refuse(request, response, 500, 'The sandbox failed on this request; its log says why.');
      })
      .finally(() => underWay.delete(answered));
    underWay.add(answered);
  };
  server.on('request', (request, response) => carryOut(request, response, answerInTunnel));
  return {
    serve(socket) {
      server.emit('connection', socket);
    },
    answer: (request, response) => carryOut(request, response, answerPlainly),
    async idle(limit) {
      let timer: NodeJS.Timeout | undefined;
      const timeIsUp = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, limit);
      });
      await Promise.race([Promise.all(underWay), timeIsUp]);
      clearTimeout(timer);
    },
  };
}

async function answerInTunnel(
  request: IncomingMessage,
  response: ServerResponse,
  options: AwsEndpointOptions,
): Promise<void> {
  const hostname = hostOf(request.headers.host);
  if (!isAwsHost(hostname) || hostname !== serverName(request)) {
    options.refusals.add({
      method: request.method ?? '',
      host: hostname,
      reason: 'the Host header is not the host that the tunnel was opened for',
    });
    return refuse(request, response, 501, `${hostname} is not the host that this connection was made to.`);
  }
  await pass(request, response, options, bodyLimitOf(hostname), () => ({
    hostname,
    path: request.url ?? '/',
  }));
}

/**
 * A page in a browser must not reach services on loopback, not even through a name that resolves there (DNS rebinding).
 * Programs send neither such a header nor such a host.
 */
async function answerPlainly(
  request: IncomingMessage,
  response: ServerResponse,
  options: AwsEndpointOptions,
): Promise<void> {
  const host = (request.headers.host ?? '').toLowerCase().replace(/:\d+$/, '');
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (!/^(?:127\.0\.0\.1|(?:.+\.)?localhost)$/.test(host) || origin !== undefined || site !== undefined) {
    return refuse(
      request,
      response,
      403,
      'The sandbox answers programs on this machine, at 127.0.0.1 or localhost, not web pages.',
    );
  }
  const head = { method: request.method ?? 'GET', path: request.url ?? '/', headers: headersOf(request) };
  const limit = mayHoldContent(head) ? bodyLimits.content : bodyLimits.call;
  await pass(request, response, options, limit, (body) => namedHostOf({ ...head, body }, host));
}

/** Reads a request's body, asks the embedded AWS, and sends its answer. */
async function pass(
  request: IncomingMessage,
  response: ServerResponse,
  options: AwsEndpointOptions,
  limit: number,
  where: (body: Buffer) => { hostname: string; path: string },
): Promise<void> {
  const body = await readBody(request, limit);
  if (body === undefined)
    return refuse(request, response, 413, `The request body is larger than ${limit} bytes.`);
  const answered = await options.aws.handle({
    method: request.method ?? 'GET',
    ...where(body),
    headers: headersOf(request),
    body,
  });
  if (answered === 'drop') request.socket.destroy();
  else if (answered !== 'hang') send(request, response, answered);
}

const hostOf = (header: string | undefined): string => (header ?? '').toLowerCase().replace(/:443$/, '');

function serverName(request: IncomingMessage): string | undefined {
  const name = request.socket instanceof TLSSocket ? request.socket.servername : undefined;
  return typeof name === 'string' ? name.toLowerCase() : undefined;
}

function headersOf(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
  );
}

/** For HEAD, the API side sets the length of the answer; other answers are as long as their body. */
function send({ method }: IncomingMessage, response: ServerResponse, answered: AwsResponse): void {
  const { 'transfer-encoding': _, 'content-length': said, ...headers } = answered.headers;
  const isBodiless = method === 'HEAD' || answered.status === 204 || answered.status === 304;
  const length = isBodiless ? said : answered.body.length;
  response.writeHead(answered.status, {
    ...headers,
    ...(length === undefined ? {} : { 'content-length': length }),
  });
  response.end(answered.body);
}

function refuse(request: IncomingMessage, response: ServerResponse, status: number, message: string): void {
  if (response.headersSent) {
    request.socket.destroy();
    return;
  }
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
  response.end(`${message}\n`);
}
