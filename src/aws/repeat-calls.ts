import { isThrottlingError, isTransientError } from '@smithy/core/retry';
import { type Clock, realClock } from '../lib/clock.ts';
import { redact } from '../lib/redact.ts';
import type { WithStack } from './middleware.ts';

/** A call that fails for a transient reason and is repeated, or that was repeated and now succeeded. */
export type Repeated =
  | {
      type: 'retrying';
      operation: string;
      region: string;
      /** Code and message. */
      error: string;
      /** Seconds until it is repeated. */
      retryIn: number;
      /** When it is given up, ISO 8601. */
      until: string;
    }
  | { type: 'answered'; operation: string; region: string };

/** Receives the repeated calls of a run, and stops them. */
export interface Watcher {
  emit(event: Repeated): void;
  /** Aborted: calls that fail now are no longer repeated. */
  stop: AbortSignal;
}

/** Repeats the calls of clients. */
export interface Repeater {
  /** Resolves with the result of `call`, repeated while it fails for transient reasons. @throws its last error. */
  run<T>(operation: string, region: string, call: () => Promise<T>): Promise<T>;
  watch(watcher: Watcher): void;
}

/** Pauses in milliseconds: the first, and the longest; each is twice the one before. */
const firstPause = 2_000;
const longestPause = 30_000;

/** How long calls are repeated by default. Milliseconds. */
export const defaultRepeatLimit = 5 * 60_000;

/**
 * The SDK's own retries end after seconds, and earlier if many calls fail at once, since they share one quota. A service that
 * does not answer for some minutes, a restarting proxy, or an overloaded machine must not end a release.
 *
 * @param limit how long a call is repeated from its first failure on, in milliseconds; 0: not at all.
 */
export function createRepeater(limit: number, clock: Clock = realClock): Repeater {
  let watcher: Watcher | undefined;
  /** Currently repeated operations: the first call of an operation and region reports it, others do not. */
  const told = new Set<string>();
  return {
    watch(by) {
      watcher = by;
    },
    async run(operation, region, call) {
      const key = `${operation} ${region}`;
      let until: number | undefined;
      let tells = false;
      for (let pause = firstPause; ; pause = Math.min(2 * pause, longestPause)) {
        try {
          const answer = await call();
          if (tells) watcher?.emit({ type: 'answered', operation, region });
          if (tells) told.delete(key);
          return answer;
        } catch (error) {
          until ??= clock.now() + limit;
          const wait = Math.min(pause, until - clock.now());
          if (!isPassing(error) || wait <= 0 || watcher?.stop.aborted) {
            if (tells) told.delete(key);
            throw wait <= 0 ? withPatience(error, limit) : error;
          }
          tells ||= !told.has(key);
          told.add(key);
          if (tells) {
            const said = { error: describe(error), retryIn: Math.ceil(wait / 1000) };
            const at = new Date(until).toISOString();
            watcher?.emit({ type: 'retrying', operation, region, ...said, until: at });
          }
          await clock.sleep(wait, watcher?.stop);
        }
      }
    },
  };
}

/**
 * Throttling, timeouts, network errors, and the service's own errors (HTTP status 500, 502, 503, 504): those that the SDK
 * retries.
 */
export const isPassing = (error: unknown): boolean => {
  const ofSdk = error as Parameters<typeof isTransientError>[0];
  return (
    error instanceof Error && (isThrottlingError(ofSdk) || (isTransientError(ofSdk) && !isRefusal(ofSdk)))
  );
};

/** While this machine's clock is wrong, the SDK calls every refusal transient, once it has corrected the time of its signatures. */
const isRefusal = ({ $metadata = {} }: Parameters<typeof isTransientError>[0]): boolean => {
  const { clockSkewCorrected, httpStatusCode = 0 } = $metadata;
  return clockSkewCorrected === true && httpStatusCode < 500;
};

function describe(error: unknown): string {
  const { name, message } = error as Error;
  return redact(message.startsWith(name) ? message : `${name}: ${message}`);
}

/** Adds to the message how long the call was repeated. */
function withPatience(error: unknown, limit: number): unknown {
  if (error instanceof Error && limit > 0 && isPassing(error))
    error.message = `${error.message.replace(/\.$/, '')} (repeated for ${inWords(limit)})`;
  return error;
}

const inWords = (milliseconds: number): string =>
  milliseconds % 60_000 === 0 ? `${milliseconds / 60_000} min` : `${milliseconds / 1000} s`;

/** Repeats every call of a client, each page of a list separately. */
export function repeatCalls<C>(client: C, service: string, region: string, repeater: Repeater): C {
  (client as WithStack).middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) =>
        repeater.run(`${service}:${commandName.replace(/Command$/, '')}`, region, () => next(args)),
    { name: 'repeat', step: 'initialize', priority: 'high' },
  );
  return client;
}
