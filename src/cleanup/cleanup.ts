import pLimit from 'p-limit';
import type { Context } from '../aws/context.ts';
import { unlessStopped } from '../lib/unless-stopped.ts';
import type {
  CleanupEventBody,
  CleanupPlan,
  CleanupResult,
  PlannedAmi,
  UnseenRegion,
} from '../model/events.ts';
import { describeLookupError, type LookupError, okLookup } from '../model/lookup.ts';
import type { Publication } from '../model/publication.ts';
import { remains } from '../model/resource.ts';
import type { RemovalRecords } from '../remove/removal-records.ts';
import { applyTo, unchanged } from './apply.ts';
import type { RegionRequest } from './decide-region.ts';
import {
  decideAll,
  inventoriesOf,
  lookUpForCleanup,
  lookUpReferencesTo,
  type RegionLookupOptions,
  type Select,
  withTargets,
} from './lookup-and-decide.ts';
import { cleanupPlan, toChange } from './plan.ts';
import { releasesInProgress } from './releases-in-progress.ts';
import { type CleanedRegion, cleanupResult } from './result.ts';
import { keepUsed, lookUpUsage, type Usage } from './usage.ts';

export interface CleanupOptions {
  about: Omit<CleanupPlan, 'amis' | 'leftovers' | 'unseen' | 'regions'>;
  /** Regions to look up. */
  regions: readonly string[];
  /**
   * The regions of the config and `regions`: a release may be in progress there, and AMIs may be named there. A reference keeps
   * an AMI, wherever the AMI is.
   */
  everyRegion: readonly string[];
  /** Regions that cannot be looked up. */
  closed: readonly UnseenRegion[];
  /**
   * Releases that another process on this machine is publishing; looked up once more after the confirmation. Absent: unknown,
   * so only old resources count as leftovers.
   */
  locked?(): Promise<ReadonlySet<string>>;
  of: Omit<RegionRequest, 'targets' | 'recorded'>;
  /** AMIs listed in ids files; read once more after the confirmation. If it throws, nothing is deleted. */
  recorded(): Promise<ReadonlySet<string>>;
  select: Select;
  /** Whether to apply the plan. Throws if the answer is no. */
  confirm(plan: CleanupPlan): Promise<boolean>;
  /** The part of the plan to apply: all of it, or what was reviewed before. */
  approved(plan: CleanupPlan): CleanupPlan;
  records: RemovalRecords;
  emit(event: CleanupEventBody): void;
  /** The folder of the plan and the result, as messages show it. */
  folder: string;
}

/** Regions in progress at once. */
const regionsAtOnce = 16;

/**
 * Deletes AMIs with their dependents, and leftovers of builds: look up, decide, show, ask; with `usage`, find out who else uses
 * the AMIs; then, region by region, look up again and delete what was shown and still has no reason to be kept. A region with a
 * failed lookup is left unchanged. After `context.stop` no lookup is waited for, no question is asked, and no AMI is started.
 */
export async function cleanup(
  publication: Publication,
  options: CleanupOptions,
  context: Context,
): Promise<CleanupResult> {
  const { about, folder, regions } = options;
  const result = (
    of: CleanupPlan,
    applied: boolean,
    cleaned: ReadonlyMap<string, CleanedRegion>,
    usage: Usage = nobody,
  ) => cleanupResult(of, { applied, stopped: context.stop.aborted, regions: cleaned, usage, folder });
  const planned = await unlessStopped(() => makeCleanupPlan(publication, options, context), context.stop);
  if (!planned) {
    return result({ ...about, regions: [...regions], amis: [], leftovers: [], unseen: [] }, false, new Map());
  }
  const { plan, looking } = planned;
  options.emit({ type: 'cleanup-planned', ...plan });
  const applied = (await unlessStopped(() => options.confirm(plan), context.stop)) ?? false;
  if (!applied) return result(plan, false, new Map());
  const approved = options.approved(plan);
  const { account, asked } = about;
  const usage = asked.usage ? await lookUpUsage(inUse(approved), account, context) : okLookup(nobody);
  if (!usage.ok) return result(approved, true, nothingOf(approved, usage.error));
  const going = asked.includingUsed ? approved : keepUsed(approved, usage.value);
  const lookAgain = () => lookupOptionsAgain(publication, looking, options, context);
  // After a stop no region is started either; each reports what it would have deleted.
  const again = (await unlessStopped(lookAgain, context.stop)) ?? looking;
  const cleaned = new Map<string, CleanedRegion>();
  const apply = async (region: string) => {
    cleaned.set(region, await applyTo(region, going, again, options.records, context));
  };
  const limit = pLimit(regionsAtOnce);
  await Promise.all(regions.map((region) => limit(() => apply(region))));
  return result(going, true, cleaned, usage.value);
}

const nobody: Usage = new Map();

/** AMIs that something may be launched from. Pure. */
const inUse = (plan: CleanupPlan): PlannedAmi[] =>
  toChange(plan).filter(({ state }) => state === 'available' || state === 'disabled');

/** The outcome of a plan that is not applied because the users of the AMIs are unknown. Pure. */
function nothingOf(plan: CleanupPlan, error: LookupError): Map<string, CleanedRegion> {
  const outcome = remains(`the lookup of who uses the AMIs failed: ${describeLookupError(error)}`);
  return new Map(
    plan.regions.map((region) => [
      region,
      unchanged(
        toChange(plan).filter((one) => one.region === region),
        plan.leftovers.filter((one) => one.region === region),
        outcome,
      ),
    ]),
  );
}

/** The plan, and what to look up once more before it is applied. */
async function makeCleanupPlan(
  publication: Publication,
  options: CleanupOptions,
  context: Context,
): Promise<{ plan: CleanupPlan; looking: RegionLookupOptions }> {
  const { about, regions, closed, select } = options;
  const limit = pLimit(regionsAtOnce);
  const of = { ...options.of, recorded: await options.recorded() };
  const atWork = await releasesBeingPublished(publication, options, context);
  const first: RegionLookupOptions = { publication, account: about.account, of, atWork };
  const looked = await Promise.all(
    regions.map((region) => limit(() => lookUpForCleanup(region, first, context))),
  );
  const chosen = withTargets(of, select, looked);
  const earlier = inventoriesOf(looked);
  const references = await lookUpReferencesTo(earlier, options.everyRegion, context);
  const decided = cleanupPlan({ ...about, regions: [...regions] }, decideAll(looked, references, chosen));
  return {
    plan: { ...decided, unseen: [...decided.unseen, ...closed] },
    looking: { ...first, of: chosen, earlier, references },
  };
}

/** While the question was open, a publish may have started, or an AMI may have been recorded or named somewhere. */
const lookupOptionsAgain = async (
  publication: Publication,
  looking: RegionLookupOptions,
  options: CleanupOptions,
  context: Context,
): Promise<RegionLookupOptions> => ({
  ...looking,
  atWork: await releasesBeingPublished(publication, options, context),
  references: await lookUpReferencesTo(looking.earlier ?? new Map(), options.everyRegion, context),
  of: { ...looking.of, recorded: await options.recorded() },
});

async function releasesBeingPublished(
  { name }: Publication,
  { about, everyRegion, locked }: CleanupOptions,
  context: Context,
): Promise<RegionLookupOptions['atWork']> {
  if (!about.asked.leftovers || !locked) return 'unknown';
  const working = await releasesInProgress(name, everyRegion, await locked(), context);
  return working.ok ? working.value : 'unknown';
}
