import type { IncomingMessage } from 'node:http';
import { NodeHttpHandler, type NodeHttpHandlerOptions } from '@smithy/node-http-handler';
import { type Clock, realClock } from '../lib/clock.ts';
import { countdown } from './countdown.ts';

/** How long to wait for the start of a response, and for each continuation. Milliseconds. */
export const responseLimit = 60_000;

/** The SDK retries after an error with this name. */
const noResponse = () =>
  Object.assign(new Error(`no response within ${responseLimit / 1000} s`), { name: 'TimeoutError' });

/**
 * The SDK's handler with a limit for responses that only counts time in which this process could work. The handler's own limits
 * count wall-clock time: on an overloaded machine they end calls that were answered.
 */
export class LimitedHttpHandler extends NodeHttpHandler {
  readonly #clock: Clock;

  constructor(options: NodeHttpHandlerOptions, clock: Clock = realClock) {
    super(options);
    this.#clock = clock;
  }

  override async handle(...[request, options = {}]: Parameters<NodeHttpHandler['handle']>) {
    const began = new AbortController();
    const overdue = new AbortController();
    const end = (isOver: boolean) => {
      if (isOver) overdue.abort();
    };
    countdown(responseLimit, this.#clock, began.signal).then(end, () => undefined);
    const given = options.abortSignal as AbortSignal | undefined;
    const abortSignal = given ? AbortSignal.any([given, overdue.signal]) : overdue.signal;
    try {
      const answer = await super.handle(request, { ...options, abortSignal });
      limitBody(answer.response.body as IncomingMessage, this.#clock).catch(() => undefined);
      return answer;
    } catch (error) {
      throw overdue.signal.aborted ? noResponse() : error;
    } finally {
      began.abort();
    }
  }
}

/** Destroys a body if nothing arrives for the length of the limit. */
async function limitBody(body: IncomingMessage, clock: Clock): Promise<void> {
  const ended = new AbortController();
  body.once('close', () => ended.abort());
  for (let before = -1; await countdown(responseLimit, clock, ended.signal); ) {
    const received = body.socket?.bytesRead ?? before;
    if (received === before) {
      body.destroy(noResponse());
      return;
    }
    before = received;
  }
}
