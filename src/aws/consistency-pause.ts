import type { Context } from './context.ts';

/**
 * Milliseconds to wait before AWS is asked again for what it may show late: no longer than it may be late, so that a
 * rehearsal in a sandbox that shows everything at once does not sleep. Only where the number of looks is limited, never the time.
 */
export const consistencyPause = ({ lag }: Pick<Context, 'lag'>, milliseconds: number): number =>
  Math.min(milliseconds, lag);
