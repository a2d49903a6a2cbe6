import type { SecureContext } from 'node:tls';
import { HttpsProxyAgent } from 'https-proxy-agent';

/**
 * Keep-alive connections to AWS through a proxy. TLS has to be set explicitly: agent-base derives it from the request's protocol,
 * which the SDK does not set, or else from the call stack, which differs between opening and returning a connection, so no
 * connection would ever be reused.
 */
export class ProxiedAgent extends HttpsProxyAgent<string> {
  /** `timeout`: milliseconds after which an idle connection is closed. */
  constructor(
    proxy: string,
    {
      keepAlive,
      maxSockets,
      ...connection
    }: { keepAlive: boolean; maxSockets: number; timeout?: number; secureContext?: SecureContext },
  ) {
    super(proxy, { keepAlive, maxSockets });
    // The options of HttpsProxyAgent's constructor are for the connection to the proxy; this is for the tunnelled one.
    Object.assign(this.options, connection);
  }

  override isSecureEndpoint(): boolean {
    return true;
  }
}
