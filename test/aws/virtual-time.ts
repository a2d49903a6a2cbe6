import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../src/lib/clock.ts';

/** A clock that advances only while every job sleeps, and then to the earliest end of a sleep. */
export interface VirtualTime extends Clock {
  /** Runs jobs concurrently. */
  run(jobs: (() => Promise<void>)[]): Promise<void>;
}

export function virtualTime(): VirtualTime {
  let now = Date.parse('2026-11-21T12:00:00Z');
  let awake = 0;
  const sleepers: { until: number; wake: () => void }[] = [];
  return {
    now: () => now,
    async sleep(milliseconds) {
      const { promise, resolve } = Promise.withResolvers<void>();
      sleepers.push({ until: now + milliseconds, wake: resolve });
      awake--;
      await promise;
    },
    async run(jobs) {
      awake += jobs.length;
      let done = false;
      const all = Promise.all(jobs.map((job) => job().finally(() => awake--))).finally(() => {
        done = true;
      });
      while (!done) {
        await setImmediate();
        if (awake > 0 || sleepers.length === 0) continue;
        sleepers.sort((one, other) => one.until - other.until);
        const first = sleepers.shift();
        now = Math.max(now, first?.until ?? 0);
        awake++;
        first?.wake();
      }
      await all;
    },
  };
}
