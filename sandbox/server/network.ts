import type { EmbeddedAws, Faults, Mirror } from '../model/contract.ts';
import type { Authority } from './authority.ts';
import { createAwsEndpoint } from './aws-endpoint.ts';
import { createControl, type RunningSandbox } from './control.ts';
import { closeListener, listenAnywhere, tryToListen } from './ports.ts';
import { createProxy, type SandboxProxy } from './proxy.ts';
import type { Refusals } from './refusals.ts';
import { SandboxError } from './sandbox-error.ts';

/** Proxy, TLS endpoint and control endpoint on one port. */
export interface Network {
  url: string;
  port: number;
  /** The same as the control endpoint's. */
  reset: () => Promise<void>;
  close: () => Promise<void>;
}

export interface NetworkOptions {
  aws: Pick<EmbeddedAws, 'handle' | 'settings'> & { calls(): unknown[] };
  authority: Authority;
  faults: Faults;
  refusals: Refusals;
  log: (message: string) => void;
  /** The port to use; by default the last one, or another one if that is in use. */
  port: number | undefined;
  lastPort: number | undefined;
  mirror: Mirror | undefined;
  running: (url: string) => RunningSandbox;
  reset: (url: string) => Promise<void>;
  stop: () => void;
}

/** How long requests in progress may take at the end. Milliseconds. */
const grace = 2000;
/** How many calls the control endpoint lists. */
const listed = 1000;
const loopback = '127.0.0.1';

/** Throws `SandboxError` if `port` is in use. */
export async function startNetwork(options: NetworkOptions): Promise<Network> {
  const { aws, authority, faults, refusals, log } = options;
  const endpoint = createAwsEndpoint({ aws, authority, refusals, log });
  const reset = () => options.reset(url);
  const control = createControl({
    running: () => options.running(url),
    faults,
    settings: aws.settings,
    parseBehaviour: async (settings) => (await import('./settings-file.ts')).parseBehaviour(settings),
    parseFaults: async (script) => (await import('./fault-script.ts')).parseFaults(script),
    calls: () => ({ calls: aws.calls().slice(-listed), refusals: refusals.list() }),
    reset,
    mirror: options.mirror,
    stop: options.stop,
    log,
  });
  const proxy = createProxy({ endpoint, refusals, control });
  const port = await listen(proxy, options.port, options.lastPort);
  const url = `http://${loopback}:${port}`;
  return {
    url,
    port,
    reset,
    async close() {
      const closed = closeListener(proxy.server);
      await endpoint.idle(grace);
      proxy.cut();
      await closed;
    },
  };
}

async function listen(
  { server }: SandboxProxy,
  port: number | undefined,
  lastPort: number | undefined,
): Promise<number> {
  if (port === undefined) return listenAnywhere(server, loopback, lastPort);
  if (await tryToListen(server, loopback, port)) return port;
  throw new SandboxError(
    `${loopback}:${port} is in use by another program. Choose another port, or leave the port out.`,
  );
}
