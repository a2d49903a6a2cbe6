import type { Clock } from './clock.ts';

/** `every`: pause in milliseconds. Ends after `tries` answers, or with the first answer after `within` milliseconds. */
type Pace = { clock: Clock; every: number; stop?: AbortSignal } & ({ tries: number } | { within: number });

/**
 * Asks until the answer is accepted, the limit is reached, or `stop` is aborted.
 *
 * @param waiting called before each pause.
 * @returns the last answer, accepted or not.
 */
export async function poll<T>(
  pace: Pace,
  ask: () => Promise<T>,
  willDo: (answer: T) => boolean,
  waiting?: (answer: T) => void,
): Promise<T> {
  const { clock, every, stop } = pace;
  const began = clock.now();
  for (let tries = 1; ; tries++) {
    const answer = await ask();
    const isLast = 'tries' in pace ? tries >= pace.tries : clock.now() - began >= pace.within;
    if (willDo(answer) || isLast || stop?.aborted) return answer;
    waiting?.(answer);
    await clock.sleep(every, stop);
  }
}
