import type { CheckContext } from './check.ts';
import type { Finding } from './finding.ts';
import type { RegionWork } from './region-work.ts';
import { checks } from './registry.ts';

/**
 * Runs all checks in parallel; the clients limit how many calls are in flight. Changes nothing.
 *
 * @returns the findings in the order of the registry, and within a check in the order of the regions.
 */
export async function runChecks(works: readonly RegionWork[], context: CheckContext): Promise<Finding[]> {
  return (await Promise.all(checks.map((check) => check(works, context)))).flat();
}
