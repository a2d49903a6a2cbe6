import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Store } from './store.ts';

/** How far the sandbox's clock is ahead of the real one, in milliseconds. */
export const clockOffset = (store: Store): number => store.of('counter', '', '').get('clock') ?? 0;

/** Throws for a move backwards: the past cannot be undone. */
export const moveClock = (store: Store, seconds: number): void => {
  if (!Number.isFinite(seconds) || seconds < 0)
    throw new Error(`The clock only moves forward: expected at least 0 seconds, found ${seconds}`);
  const counter = store.of('counter', '', '');
  store.transact(() => counter.put('clock', clockOffset(store) + Math.round(seconds * 1000)));
};

/** Returns after this many milliseconds of a clock that may be moved in the meantime; rejects when the signal aborts. */
export const passTime = async (milliseconds: number, now: () => Date, signal: AbortSignal): Promise<void> => {
  let last = now().getTime();
  for (let left = milliseconds; left > 0; ) {
    await sleepFor(Math.min(left, untilNextLook), undefined, { signal });
    const current = now().getTime();
    // A reset sets the clock back.
    left -= Math.max(current - last, 0);
    last = current;
  }
};

/** Milliseconds. */
const untilNextLook = 200;
