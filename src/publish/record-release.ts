import type { Context } from '../aws/context.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { withPart } from '../lib/exit-status.ts';
import { keepPublished } from '../lifecycle/keep-published.ts';
import { following, hasFollowers } from '../lifecycle/look-up-promotion-status.ts';
import { promoteNew } from '../lifecycle/promote-new.ts';
import { deprecationWarnings } from '../lifecycle/promotion.ts';
import type { PromotionStatus } from '../lifecycle/promotion-status.ts';
import type { Ami } from '../model/ami.ts';
import type {
  LifecycleOutcome,
  ParameterOutcome,
  ParametersWritten,
  RecordOutcome,
  Result,
} from '../model/events.ts';
import { describeLookupError } from '../model/lookup.ts';
import type { ReleasePlan } from '../model/release-plan.ts';
import type { Verdict } from '../observe/verify.ts';
import { wantedParameters } from '../parameters/look.ts';
import { heldParameters, writeParameters } from '../parameters/write.ts';
import { type Destination, record } from '../record/record.ts';
import { withRecords } from '../record/result-with-record.ts';
import { type TagRelease, withTag } from './tag-release.ts';

export interface RecordOptions {
  /** The files that list the AMIs; none if absent. */
  recordTo?: readonly Destination[];
  /** Whether to overwrite SSM parameters that hold someone else's value. */
  takeOverParameters?: boolean;
  /** Creates the git tag of the release, last of all; absent if the config names none. */
  tagRelease?: TagRelease | undefined;
}

/**
 * Records a release once every required target is complete. First the parameters with a version in their name; then, unless
 * another release was promoted, files and finally parameters that follow the promoted release; last the git tag.
 *
 * @param complete the targets last seen verified and shared exactly as configured.
 */
export async function recordRelease(
  plan: ReleasePlan,
  done: Result,
  complete: readonly Verdict[],
  { recordTo = [], takeOverParameters = false, tagRelease }: RecordOptions,
  context: Context,
): Promise<Result> {
  const finished = new Set(complete.map(({ target }) => target.name));
  const missing = plan.targets.filter(({ name, required }) => required && !finished.has(name));
  const wanted = missing.length > 0 ? [] : wantedParameters(complete);
  const options = { takeOver: takeOverParameters };
  const versions = wanted.filter(({ newest }) => !newest);
  const written = await writeParameters(plan, versions, options, context);
  const promotes = missing.length === 0 && hasFollowers(plan);
  const seen = promotes ? await promoteNew(plan, complete, context) : undefined;
  const promotionStatus = seen?.promotionStatus ?? new Map<string, PromotionStatus>();
  const files: RecordOutcome[] = [];
  for (const to of recordTo)
    files.push(await recordWhatFollows(plan, complete, promotionStatus, to, context));
  const follows = following(
    wanted.filter(({ newest }) => newest),
    promotionStatus,
  );
  const required = new Set(plan.targets.flatMap((target) => (target.required ? [target.name] : [])));
  const failed = written.find((one) => required.has(one.target) && isOpen(one));
  const moved = failed
    ? heldParameters(follows, `${failed.name} in ${failed.region} could not be written`)
    : await writeParameters(plan, follows, options, context);
  const changed = missing.length === 0 ? await keepPublished(plan, complete, seen, context) : [];
  for (const { change, name, target, region, why = '', outcome } of changed) {
    const text = `${change} of ${name} could not be changed: ${why}`;
    if (outcome === 'failed') context.emit({ type: 'warning', text, ...definedOnly({ target, region }) });
  }
  if (missing.length === 0) {
    const amis = amisInUse(complete, promotionStatus, changed);
    for (const text of deprecationWarnings(plan.release, amis, context.clock.now()))
      context.emit({ type: 'warning', text });
  }
  const recorded: Result = {
    ...withLifecycle(withRecords(done, files), changed, required),
    ...(missing.length === 0 ? { complete: true } : {}),
  };
  if (!plan.targets.some(({ parameters = [] }) => parameters.length > 0))
    return withTag(recorded, complete, tagRelease);
  const parameters = { missing: missing.map(({ name }) => name), each: [...written, ...moved] };
  return withTag(withParameters(recorded, parameters, required), complete, tagRelease);
}

/** The AMIs of targets at which no other release is promoted, as last seen, without those whose date this run changed. Pure. */
const amisInUse = (
  complete: readonly Verdict[],
  promotionStatus: ReadonlyMap<string, PromotionStatus>,
  changed: readonly LifecycleOutcome[],
): Ami[] =>
  complete.flatMap(({ target, status }) => {
    if (!('ami' in status) || promotionStatus.get(target.name)?.is === 'kept') return [];
    const { ami } = status;
    return changed.some(({ change, name }) => change === 'deprecation' && name === ami.id) ? [] : [ami];
  });

/** Adds the changes to published AMIs to a run's result. The run has failed if a change of a required target failed. Pure. */
function withLifecycle(
  result: Result,
  changed: readonly LifecycleOutcome[],
  required: ReadonlySet<string>,
): Result {
  if (changed.length === 0) return result;
  const open = changed.filter(({ outcome }) => outcome !== 'done');
  const failed = open.some(({ target }) => target === undefined || required.has(target));
  const exit = withPart(result.exit, { failed, partial: open.length > 0 });
  return { ...result, exit, lifecycle: [...changed] };
}

/** Records the AMIs of the targets at which this release is promoted. */
async function recordWhatFollows(
  plan: ReleasePlan,
  complete: readonly Verdict[],
  promotionStatus: ReadonlyMap<string, PromotionStatus>,
  to: Destination,
  { emit }: Context,
): Promise<RecordOutcome> {
  const isLeft = (name: string) => promotionStatus.get(name)?.is === 'kept';
  const unknown = complete.find(
    ({ target }) => target.required && promotionStatus.get(target.name)?.is === 'unknown',
  );
  const error = unknown && promotionStatus.get(unknown.target.name);
  if (error?.is === 'unknown') {
    const why = `it is not known whether it follows this release: ${describeLookupError(error.error)}`;
    emit({ type: 'warning', text: `${to.file.shown} is unchanged: ${why}. Run the same command again.` });
    return { is: 'failed', file: to.file.shown, why };
  }
  const kept = plan.targets.map(({ name }) => promotionStatus.get(name)).find((one) => one?.is === 'kept');
  const targets = plan.targets.filter(({ name }) => !isLeft(name));
  if (kept?.is === 'kept' && targets.every(({ required }) => !required)) {
    return { is: 'kept', file: to.file.shown, why: kept.why };
  }
  const recorded = complete.filter(
    ({ target: { name } }) => !isLeft(name) && promotionStatus.get(name)?.is !== 'unknown',
  );
  return record({ ...plan, targets }, recorded, to, emit);
}

const isOpen = ({ outcome }: ParameterOutcome): boolean => outcome === 'failed' || outcome === 'held';

/**
 * Adds the outcomes of the parameters to a run's result. The run has failed if a parameter of a required target could not be
 * written, or if the run did not complete the release although it should have. Pure.
 */
export function withParameters(
  result: Result,
  parameters: ParametersWritten,
  required: ReadonlySet<string>,
): Result {
  const chosen = result.targets.map(({ name }) => name);
  const { missing, each } = parameters;
  const open = each.filter(isOpen);
  const failed =
    open.some(({ target }) => required.has(target)) ||
    (missing.length > 0 && missing.every((name) => chosen.includes(name)));
  return { ...result, exit: withPart(result.exit, { failed, partial: open.length > 0 }), parameters };
}
