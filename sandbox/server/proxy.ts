import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { AwsEndpoint } from './aws-endpoint.ts';
import { isAwsHost } from './aws-hosts.ts';
import type { Refusals } from './refusals.ts';

export interface SandboxProxy {
  /** Not listening yet, not closed yet. */
  server: Server;
  /** Cuts every connection. Close the listener first. */
  cut(): void;
}

export interface ProxyOptions {
  endpoint: AwsEndpoint;
  refusals: Refusals;
  /** Answers requests to the sandbox itself, under `/_sandbox/`, which is not a valid bucket name. */
  control: (request: IncomingMessage, response: ServerResponse) => void;
}

/**
 * An HTTP proxy that leads only into the sandbox. CONNECT to an AWS host ends here; any other target is refused with 501, in
 * the reason phrase too, since Go's HTTP client shows nothing else of a refused CONNECT. A request that is not for a proxy is
 * an AWS request by endpoint URL.
 */
export function createProxy(options: ProxyOptions): SandboxProxy {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const target = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(request.url ?? '')?.[1];
    if (target !== undefined) refuseForward(request, response, target, options.refusals);
    else if (request.url?.startsWith('/_sandbox/')) options.control(request, response);
    else options.endpoint.answer(request, response);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  server.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    const [, host = '', port = ''] = /^([^:]*):(\d+)$/.exec((request.url ?? '').toLowerCase()) ?? [];
    if (port !== '443' || !isAwsHost(host)) {
      refuseTunnel(socket, request.url ?? '', options.refusals);
      return;
    }
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    if (head.length > 0) socket.unshift(head);
    options.endpoint.serve(socket);
  });
  return {
    server,
    cut() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

const reason = 'not a host of AWS';

function refuseForward(
  request: IncomingMessage,
  response: ServerResponse,
  target: string,
  refusals: Refusals,
): void {
  const host = printable(target);
  refusals.add({ method: request.method ?? '', host, reason });
  const body = explain(host);
  response.writeHead(501, phrase(host), {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  });
  response.end(body);
}

function refuseTunnel(socket: Socket, target: string, refusals: Refusals): void {
  const host = printable(target);
  refusals.add({ method: 'CONNECT', host, reason });
  const body = explain(host);
  socket.end(
    `HTTP/1.1 501 ${phrase(host)}\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

const phrase = (host: string): string => `Not in the gopackgo sandbox: ${host}`;

const explain = (host: string): string =>
  `The gopackgo sandbox does not serve ${host} and forwards nothing to the real host.\n` +
  'It serves AWS hosts (https, port 443) and, as a plain endpoint (AWS_ENDPOINT_URL), requests to its own address.\n';

/** Without user information, and without anything that could end a header line. */
const printable = (target: string): string =>
  target
    .replace(/^.*@/, '')
    .replace(/[^\w.:[\]-]/g, '?')
    .slice(0, 255) || 'no host';
