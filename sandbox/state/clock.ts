import type { Store } from './store.ts';

/** How far the sandbox's clock is ahead of the real one, in milliseconds. */
export const clockOffset = (store: Store): number => store.of('counter', '', '').get('clock') ?? 0;

/** Throws for a move backwards: what has happened is not undone. */
export const moveClock = (store: Store, seconds: number): void => {
  if (!Number.isFinite(seconds) || seconds < 0)
    throw new Error(`The clock only moves forward: expected at least 0 seconds, found ${seconds}`);
  const counter = store.of('counter', '', '');
  store.transact(() => counter.put('clock', clockOffset(store) + Math.round(seconds * 1000)));
};
