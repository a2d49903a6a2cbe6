import { setTimeout as sleep } from 'node:timers/promises';

/** A clock, passed in so that tests need not wait. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after this many milliseconds, or at once when the signal is aborted. Never rejects. */
  sleep(milliseconds: number, until?: AbortSignal): Promise<void>;
}

export const realClock: Clock = {
  now: Date.now,
  async sleep(milliseconds, until) {
    await sleep(milliseconds, undefined, until ? { signal: until } : {}).catch(() => undefined);
  },
};
