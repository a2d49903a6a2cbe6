import pLimit from 'p-limit';
import { applyTo } from './cleanup/apply.ts';
import { releasesAtWork } from './cleanup/at-work.ts';
import type { Asked } from './cleanup/decide-region.ts';
import {
  decideAll,
  inventoriesOf,
  type Looking,
  lookAt,
  type Select,
  withTargets,
} from './cleanup/look-and-decide.ts';
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
  /**
   * Regions in which somebody may be publishing, and releases that another process of this machine is. Absent: that is not
   * known, and only what is old counts as left behind.
   */
  publishing?: { regions: readonly string[]; locked: ReadonlySet<string> };
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
 * Delete AMIs with all that hangs on them, and what builds left: look, decide, show, ask; then, region by region, look
 * again and remove what was shown and nothing speaks for keeping yet. A region of which one look fails is left as it is.
 */
export async function cleanup(
  publication: Publication,
  options: CleanupOptions,
  world: World,
): Promise<CleanupResult> {
  const { about, folder, regions, publishing } = options;
  const { account } = about;
  const limit = pLimit(regionsAtOnce);
  const working =
    about.asked.leftovers && publishing
      ? await releasesAtWork(publication.name, publishing.regions, publishing.locked, world)
      : undefined;
  const atWork = working?.ok ? working.value : 'unknown';
  const first: Looking = { publication, account, of: options.of, atWork };
  const looked = await Promise.all(regions.map((region) => limit(() => lookAt(region, first, world))));
  const of = withTargets(options.of, options.select, looked);
  const looking = { ...first, of, earlier: inventoriesOf(looked) };
  const decided = cleanupPlan({ ...about, regions: [...regions] }, decideAll(looked, looking.of));
  const plan = { ...decided, unseen: [...decided.unseen, ...options.closed] };
  options.emit({ type: 'cleanup-planned', ...plan });
  const applied = await options.confirm(plan);
  const approved = applied ? options.approved(plan) : plan;
  const cleaned = new Map<string, CleanedRegion>();
  const apply = async (region: string) => {
    cleaned.set(region, await applyTo(region, approved, looking, options.records, world));
  };
  if (applied) await Promise.all(regions.map((region) => limit(() => apply(region))));
  return cleanupResult(approved, { applied, stopped: world.stop.aborted, regions: cleaned, folder });
}
