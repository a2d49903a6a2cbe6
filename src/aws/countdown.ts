import type { Clock } from '../lib/clock.ts';

/** Milliseconds. Short compared with all limits, long compared with the cost of a timer. */
const slice = 250;

/**
 * Waits for `milliseconds` of time in which this process could work. A slice counts once, however late its timer fires: if the
 * event loop is blocked or the machine is overloaded, an answer may have arrived without having been read, and nobody was slow.
 *
 * @returns whether the time is over; false if `ended` was aborted first.
 */
export async function countdown(milliseconds: number, clock: Clock, ended: AbortSignal): Promise<boolean> {
  for (let left = milliseconds; left > 0 && !ended.aborted; left -= slice) {
    await clock.sleep(Math.min(slice, left), ended);
  }
  return !ended.aborted;
}
