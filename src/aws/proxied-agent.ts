import { HttpsProxyAgent } from 'https-proxy-agent';

/**
 * Connections to AWS through a proxy, kept for the next call. AWS is spoken to by TLS alone, which has to be said: agent-base
 * finds it out from the request's protocol, which the SDK does not give, or else from the call stack, which differs
 * between opening a connection and giving it back, so that no connection would ever be found again.
 */
export class ProxiedAgent extends HttpsProxyAgent<string> {
  constructor(proxy: string, { ca, ...options }: { keepAlive: boolean; maxSockets: number; ca?: string }) {
    super(proxy, options);
    // What the constructor of HttpsProxyAgent takes is for the proxy's own certificate; this is for the one behind it.
    if (ca !== undefined) Object.assign(this.options, { ca });
  }

  override isSecureEndpoint(): boolean {
    return true;
  }
}
