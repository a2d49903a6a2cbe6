import pLimit from 'p-limit';
import { type Applying, applyTo } from './cleanup/apply.ts';
import type { Asked } from './cleanup/decide-region.ts';
import { decideAll, lookAt, type Select, withTargets } from './cleanup/look-and-decide.ts';
import { cleanupPlan } from './cleanup/plan.ts';
import type { Records } from './cleanup/removal.ts';
import { type CleanedRegion, cleanupResult } from './cleanup/result.ts';
import type { Publication } from './config/publication.ts';
import type { CleanupEventBody, CleanupPlan, CleanupResult, UnseenRegion } from './events.ts';
import type { World } from './release/world.ts';

export interface CleanupOptions {
  about: Omit<CleanupPlan, 'amis' | 'leftovers' | 'unseen' | 'regions'>;
  /** Regions to look at. */
  regions: readonly string[];
  /** Regions that cannot be looked at. */
  closed: readonly UnseenRegion[];
  of: Omit<Asked, 'targets'>;
  select: Select;
  /** Whether the plan is to be applied. Throws where the answer is no. */
  confirm(plan: CleanupPlan): Promise<boolean>;
  /** What of the plan is applied: all of it, or what somebody read before. */
  approved(plan: CleanupPlan): CleanupPlan;
  records: Records;
  emit(event: CleanupEventBody): void;
  /** Where the plan and the result are written down, as it is shown. */
  folder: string;
}

/** Regions under way at once. */
const regionsAtOnce = 16;

/**
 * Delete AMIs with all that hangs on them: look, decide, show, ask; then, region by region, look again and remove what
 * was shown and nothing speaks for keeping yet. A region of which one look fails is left as it is.
 */
export async function cleanup(
  publication: Publication,
  options: CleanupOptions,
  world: World,
): Promise<CleanupResult> {
  const { about, folder, regions } = options;
  const limit = pLimit(regionsAtOnce);
  const looked = await Promise.all(
    regions.map((region) => limit(() => lookAt(region, publication, options.of, about.account, world))),
  );
  const of = withTargets(options.of, options.select, looked);
  const seenPlan = cleanupPlan({ ...about, regions: [...regions] }, decideAll(looked, of));
  const plan = { ...seenPlan, unseen: [...seenPlan.unseen, ...options.closed] };
  options.emit({ type: 'cleanup-planned', ...plan });
  const cleaned = new Map<string, CleanedRegion>();
  const applied = await options.confirm(plan);
  const approved = applied ? options.approved(plan) : plan;
  if (applied) {
    const applying: Applying = { of, records: options.records };
    const apply = async (region: string) => {
      cleaned.set(region, await applyTo(region, publication, approved, applying, world));
    };
    await Promise.all(regions.map((region) => limit(() => apply(region))));
  }
  return cleanupResult(approved, { applied, stopped: world.stop.aborted, regions: cleaned, folder });
}
