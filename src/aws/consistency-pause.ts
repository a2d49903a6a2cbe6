import type { Context } from './context.ts';

/**
 * Milliseconds to wait before asking AWS again for something that it may show late: at most the lag, so that a rehearsal in a
 * sandbox without lag does not sleep. For polls limited by their number of tries, never by time.
 */
export const consistencyPause = ({ lag }: Pick<Context, 'lag'>, milliseconds: number): number =>
  Math.min(milliseconds, lag);
