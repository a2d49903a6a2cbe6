import type { Clock } from '../lib/clock.ts';

/** Milliseconds. Short beside all limits, long beside what a timer costs. */
const slice = 250;

/**
 * Waits for `milliseconds` in which this process could work. A slice counts once, however late its timer fires: where the event
 * loop is blocked or the machine is overloaded, an answer may have arrived without having been read, and nobody was slow.
 *
 * @returns whether the time is over; false where `ended` was aborted first.
 */
export async function countdown(milliseconds: number, clock: Clock, ended: AbortSignal): Promise<boolean> {
  for (let left = milliseconds; left > 0 && !ended.aborted; left -= slice) {
    await clock.sleep(Math.min(slice, left), ended);
  }
  return !ended.aborted;
}
