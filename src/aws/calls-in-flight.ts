import pLimit from 'p-limit';
import type { WithStack } from './middleware.ts';

/**
 * Calls in flight at once to one service in one region: enough for all of EC2's request rates side by side at 300 ms a call, and few
 * enough that a region's connections can be opened within their limit on a machine with little to spare.
 */
const atOnce = 16;

/**
 * Sends at most so many of a client's calls at once; the others wait here, where no time limit of a call counts it. A pause between
 * two attempts of a call holds nobody up.
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
