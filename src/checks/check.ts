import type { Context } from '../aws/context.ts';
import type { Finding } from './finding.ts';
import type { RegionWork } from './region-work.ts';

/** What a check may use. */
export type CheckContext = Pick<
  Context,
  'builds' | 'clients' | 'clock' | 'credentials' | 'host' | 'placeOf' | 'plugin'
>;

/**
 * Finds out before anything is spent whether AWS would accept what is to be made and shared. Asks only what the work
 * depends on, changes nothing, and never throws for what AWS answers: a lookup that failed is a finding.
 */
export type Check = (work: readonly RegionWork[], context: CheckContext) => Promise<readonly Finding[]>;

/** A check that is made in each region whose work depends on it; the regions are asked side by side. */
export function inEachRegion(
  matters: (work: RegionWork) => boolean,
  find: (work: RegionWork, context: CheckContext) => Promise<Finding | readonly Finding[]>,
): Check {
  return async (works, context) =>
    (await Promise.all(works.filter(matters).map((work) => find(work, context)))).flat();
}
