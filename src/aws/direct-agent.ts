import { Agent, type AgentOptions } from 'node:https';
import type { Socket } from 'node:net';
import { type Clock, realClock } from '../lib/clock.ts';
import { limitHandshake } from './connection-limit.ts';

/** Keep-alive connections to AWS, each opened within a limit. */
export class DirectAgent extends Agent {
  readonly #clock: Clock;

  constructor(options: AgentOptions, clock: Clock = realClock) {
    super(options);
    this.#clock = clock;
  }

  override createConnection(...args: Parameters<Agent['createConnection']>) {
    const connection = super.createConnection(...args);
    if (connection) limitHandshake(connection as Socket, this.#clock);
    return connection;
  }
}
