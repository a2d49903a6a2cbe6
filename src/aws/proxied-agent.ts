import type { SecureContext } from 'node:tls';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { type Clock, realClock } from '../lib/clock.ts';
import { limitHandshake, withinConnectLimit } from './connection-limit.ts';

/**
 * Keep-alive connections to AWS through a proxy, each opened within a limit. TLS has to be set explicitly: agent-base derives it
 * from the request's protocol, which the SDK does not set, or else from the call stack, which differs between opening and returning
 * a connection, so no connection would ever be reused.
 */
export class ProxiedAgent extends HttpsProxyAgent<string> {
  readonly #clock: Clock;
  readonly #nobodyListens: (() => Error) | undefined;

  /**
   * `timeout`: milliseconds after which an idle connection is closed. `nobodyListens`: the error if the proxy's port refuses
   * connections; the socket's own by default, which the SDK retries.
   */
  constructor(
    proxy: string,
    {
      keepAlive,
      maxSockets,
      nobodyListens,
      ...connection
    }: {
      keepAlive: boolean;
      maxSockets: number;
      nobodyListens?: () => Error;
      timeout?: number;
      secureContext?: SecureContext;
    },
    clock: Clock = realClock,
  ) {
    super(proxy, { keepAlive, maxSockets });
    this.#nobodyListens = nobodyListens;
    // The options of HttpsProxyAgent's constructor are for the connection to the proxy; this is for the tunnelled one.
    Object.assign(this.options, connection);
    this.#clock = clock;
  }

  override isSecureEndpoint(): boolean {
    return true;
  }

  override async connect(...args: Parameters<HttpsProxyAgent<string>['connect']>) {
    const socket = await withinConnectLimit(super.connect(...args), this.#clock).catch((error) => {
      throw error.code === 'ECONNREFUSED' ? (this.#nobodyListens?.() ?? error) : error;
    });
    return limitHandshake(socket, this.#clock);
  }
}
