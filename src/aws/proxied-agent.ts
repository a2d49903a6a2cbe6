import type { SecureContext } from 'node:tls';
import { HttpsProxyAgent } from 'https-proxy-agent';

/**
 * Connections to AWS through a proxy, kept for the next call. AWS is spoken to by TLS alone, which has to be said: agent-base
 * finds it out from the request's protocol, which the SDK does not give, or else from the call stack, which differs
 * between opening a connection and giving it back, so that no connection would ever be found again.
 */
export class ProxiedAgent extends HttpsProxyAgent<string> {
  /** `timeout`: milliseconds after which a connection that nobody uses is closed. */
  constructor(
    proxy: string,
    {
      keepAlive,
      maxSockets,
      ...connection
    }: { keepAlive: boolean; maxSockets: number; timeout?: number; secureContext?: SecureContext },
  ) {
    super(proxy, { keepAlive, maxSockets });
    // What the constructor of HttpsProxyAgent takes is for the proxy's own connection; this is for the one behind it.
    Object.assign(this.options, connection);
  }

  override isSecureEndpoint(): boolean {
    return true;
  }
}
