import pLimit from 'p-limit';
import type { WithStack } from './middleware.ts';

/**
 * Concurrent calls to one service in one region: enough to use all of EC2's request rates in parallel at 300 ms a call, and few
 * enough that a region's connections can be opened within their limit on a slow machine.
 */
const atOnce = 16;

/**
 * Sends at most this many of a client's calls at once. The others wait here, where no time limit of a call counts it. A pause
 * between two attempts of a call delays no other call.
 */
export function limitInFlight<C>(client: C): C {
  const limit = pLimit(atOnce);
  (client as WithStack).middlewareStack.add((next) => (args) => limit(() => next(args)), {
    name: 'in-flight',
    step: 'finalizeRequest',
    priority: 'high',
  });
  return client;
}
