import type { Context } from '../aws/context.ts';
import type { Finding } from './finding.ts';
import type { RegionWork } from './region-work.ts';

/** What a check may use. */
export type CheckContext = Pick<
  Context,
  'builds' | 'clients' | 'clock' | 'credentials' | 'host' | 'placeOf' | 'plugin'
>;

/**
 * Finds out before anything is spent whether AWS would accept what the run wants to create and share. Looks up only what the
 * work depends on, changes nothing, and never throws because of an answer from AWS: a failed lookup is a finding.
 */
export type Check = (work: readonly RegionWork[], context: CheckContext) => Promise<readonly Finding[]>;

/** A check that runs in each region whose work depends on it, in parallel. */
export function inEachRegion(
  matters: (work: RegionWork) => boolean,
  find: (work: RegionWork, context: CheckContext) => Promise<Finding | readonly Finding[]>,
): Check {
  return async (works, context) =>
    (await Promise.all(works.filter(matters).map((work) => find(work, context)))).flat();
}
