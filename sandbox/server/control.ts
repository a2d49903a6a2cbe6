import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Behaviour } from '../model/behaviour.ts';
import type { EmbeddedAws, Fault, Faults, Mirror } from '../model/contract.ts';
import { readBody } from './read-body.ts';
import type { Refusal } from './refusals.ts';
import { SandboxError } from './sandbox-error.ts';

/** What another process needs to know about a running sandbox to use it. */
export interface RunningSandbox {
  /** URL of the proxy and the control endpoint: `http://127.0.0.1:PORT`. */
  url: string;
  /** Identity of the state; a reset changes it. */
  id: string;
  account: string;
  /** All accounts, with the made-up key of each. */
  accounts: Account[];
  /** The process that runs it. */
  pid: number;
  /** How long a new resource may currently be missed, in milliseconds; 0 if everything is visible at once. */
  consistencyLag: number;
  /** Environment for tools that should use the sandbox instead of AWS. */
  environment: Record<string, string>;
  /** The same for tools that accept an endpoint URL: without a proxy. */
  endpointEnvironment: Record<string, string>;
}

/** An account of the sandbox with credentials. */
export interface Account {
  id: string;
  accessKeyId: string;
  secretAccessKey: string;
}

export interface ControlOptions {
  running: () => RunningSandbox;
  faults: Faults;
  parseFaults: (script: unknown) => Promise<Fault[]>;
  settings: EmbeddedAws['settings'];
  parseBehaviour: (settings: unknown) => Promise<Behaviour>;
  /** The newest calls of the embedded AWS, oldest first, and the proxy's refusals. */
  calls: () => { calls: unknown[]; refusals: Refusal[] };
  reset: () => Promise<void>;
  /** Present only if the sandbox was started with one. */
  mirror: Mirror | undefined;
  /** Called after the answer has been sent. */
  stop: () => void;
  log: (message: string) => void;
}

type Answer = { status: number; body: unknown };

/** Bytes. Mainly for settings, which may declare hundreds of security groups. */
const bodyLimit = 16 * 1024 * 1024;

/**
 * The sandbox's own requests, under `/_sandbox/` on the proxy's port. Refuses requests that a browser makes for a page
 * (`Origin`, `Sec-Fetch-Site`) and requests that name a host other than loopback (DNS rebinding).
 */
export function createControl(options: ControlOptions) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    answer(request, options)
      .catch((error: unknown): Answer => {
        if (error instanceof SandboxError) return { status: 400, body: { error: error.message } };
        options.log(`control request failed: ${error instanceof Error ? error.stack : String(error)}`);
        return { status: 500, body: { error: 'The sandbox failed on this request; its log says why.' } };
      })
      .then(({ status, body }) => {
        const text = `${JSON.stringify(body, null, 2)}\n`;
        response.writeHead(status, {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(text),
          'cache-control': 'no-store',
          ...(request.complete ? {} : { connection: 'close' }),
        });
        response.end(text, () => {
          if (status === 200 && route(request) === 'POST /_sandbox/stop') options.stop();
        });
      })
      .catch((error: unknown) => {
        options.log(`control request failed: ${String(error)}`);
        response.destroy();
      });
  };
}

const route = (request: IncomingMessage): string =>
  `${request.method} ${(request.url ?? '').replace(/\?.*$/, '')}`;

async function answer(request: IncomingMessage, options: ControlOptions): Promise<Answer> {
  if (!comesFromHere(request)) {
    return {
      status: 403,
      body: { error: 'The control endpoint answers programs on this machine, not web pages.' },
    };
  }
  switch (route(request)) {
    case 'GET /_sandbox/environment':
      return { status: 200, body: options.running() };
    case 'GET /_sandbox/faults':
      return { status: 200, body: { faults: options.faults.list() } };
    case 'POST /_sandbox/faults':
      await addFaults(request, options);
      return { status: 200, body: { faults: options.faults.list() } };
    case 'DELETE /_sandbox/faults':
      options.faults.clear();
      return { status: 200, body: { faults: options.faults.list() } };
    case 'GET /_sandbox/settings':
      return { status: 200, body: options.settings.show() };
    case 'POST /_sandbox/settings':
      await changeSettings(request, options);
      return { status: 200, body: options.settings.show() };
    case 'POST /_sandbox/clock':
      return { status: 200, body: { now: await advance(request, options) } };
    case 'GET /_sandbox/calls':
      return { status: 200, body: options.calls() };
    case 'POST /_sandbox/reset':
      await options.reset();
      return { status: 200, body: options.running() };
    case 'POST /_sandbox/mirror/request':
      if (options.mirror) return { status: 200, body: options.mirror.request(await readJson(request)) };
      break;
    case 'POST /_sandbox/mirror/answer':
      if (options.mirror) return { status: 200, body: options.mirror.answer(await readJson(request)) };
      break;
    case 'POST /_sandbox/stop':
      return { status: 200, body: { stopping: true } };
  }
  return { status: 404, body: { error: `The sandbox has no ${route(request)}.` } };
}

function comesFromHere(request: IncomingMessage): boolean {
  const { host = '', origin, 'sec-fetch-site': site } = request.headers;
  const isLoopback = /^(127\.0\.0\.1|localhost)(:\d+)?$/i.test(host);
  return isLoopback && origin === undefined && site === undefined;
}

async function addFaults(request: IncomingMessage, options: ControlOptions): Promise<void> {
  const faults = await options.parseFaults(await readJson(request));
  inOurWords(() => options.faults.add(faults));
}

async function changeSettings(request: IncomingMessage, options: ControlOptions): Promise<void> {
  const behaviour = await options.parseBehaviour(await readJson(request));
  inOurWords(() => options.settings.change(behaviour));
}

/** `{"advance": SECONDS}`; answers with the new time. */
async function advance(request: IncomingMessage, options: ControlOptions): Promise<Date> {
  const asked = await readJson(request);
  const seconds =
    typeof asked === 'object' && asked !== null && 'advance' in asked ? asked.advance : undefined;
  if (typeof seconds !== 'number' || seconds < 0) {
    throw new SandboxError(
      'clock: expected {"advance": SECONDS}, with at least 0 seconds. The clock only moves forward.',
    );
  }
  return inOurWords(() => options.settings.advance(seconds));
}

function inOurWords<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new SandboxError((error as Error).message);
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const body = await readBody(request, bodyLimit);
  if (body === undefined) throw new SandboxError(`The request body is larger than ${bodyLimit} bytes.`);
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new SandboxError(`The request body is not JSON: ${(error as Error).message}`);
  }
}
