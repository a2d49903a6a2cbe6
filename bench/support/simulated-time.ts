import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../src/lib/clock.ts';

/** Time that moves only while nobody has anything left to do but wait, and then to the end of the shortest wait. */
export interface SimulatedTime extends Clock {
  /** Holds time for as long as a piece of work takes. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** Runs something that may wait in as many places at once as it likes. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/** Turns of the event loop without a wait that begins or a call that ends, after which all are taken to be waiting. */
const quietTurns = 40;

export function simulatedTime(start: number): SimulatedTime {
  let now = start;
  let working = 0;
  let quiet = 0;
  const sleepers: { until: number; wake: () => void }[] = [];
  const wakeNext = () => {
    const until = Math.min(...sleepers.map((one) => one.until));
    now = Math.max(now, until);
    for (const one of sleepers.splice(0)) {
      if (one.until <= now) one.wake();
      else sleepers.push(one);
    }
  };
  return {
    now: () => now,
    sleep(milliseconds) {
      const { promise, resolve } = Promise.withResolvers<void>();
      sleepers.push({ until: now + milliseconds, wake: resolve });
      quiet = 0;
      return promise;
    },
    async during(work) {
      working++;
      try {
        return await work();
      } finally {
        working--;
        quiet = 0;
      }
    },
    async run(work) {
      let done = false;
      const end = work().finally(() => {
        done = true;
      });
      while (!done) {
        await setImmediate();
        quiet = working > 0 ? 0 : quiet + 1;
        if (quiet < quietTurns || sleepers.length === 0) continue;
        quiet = 0;
        wakeNext();
      }
      return end;
    },
  };
}
