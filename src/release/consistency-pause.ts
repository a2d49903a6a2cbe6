import type { World } from './world.ts';

/**
 * The pause before AWS is asked again for what it may show late: no longer than it may be late, so that a rehearsal in a
 * sandbox that shows everything at once does not sleep. Only where the number of looks is limited, never the time.
 */
export const consistencyPause = (
  { clock, lag }: Pick<World, 'clock' | 'lag'>,
  milliseconds: number,
  until?: AbortSignal,
): Promise<void> => clock.sleep(Math.min(milliseconds, lag), until);
