import type { Claimant } from '../../src/lib/file-lock.ts';

/** A process on a machine called "here" on which all processes run, with a clock that advances only while it waits, and then fast. */
export function aClaimant(own: Partial<Claimant> = {}): Claimant {
  let now = Date.parse('2026-11-21T12:00:00Z');
  return {
    host: 'here@00000001',
    pid: 10,
    started: '100',
    isRunning: () => true,
    startOf: () => undefined,
    now: () => now,
    async sleep(milliseconds) {
      now += milliseconds;
      await new Promise((resolve) => setTimeout(resolve, milliseconds / 50));
    },
    ...own,
  };
}
