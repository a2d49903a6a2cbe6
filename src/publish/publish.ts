import type { Context } from '../aws/context.ts';
import { type BuildLimits, type BuildOutcome, ensureBuilt } from '../build/build.ts';
import { findReplaceable, type ReplaceOptions, replaceAmis } from '../build/replace.ts';
import { isReplaced } from '../build/replaceable.ts';
import type { Finding } from '../checks/finding.ts';
import type { PlanSummary, Result } from '../model/events.ts';
import type { ReleasePlan } from '../model/release-plan.ts';
import type { SeenSince } from '../observe/look-again.ts';
import { isPrivate } from '../observe/permission-changes.ts';
import { emitVerified, isComplete, isVerified, ofTargets, type Verdict, verify } from '../observe/verify.ts';
import { describeParameters } from '../parameters/look.ts';
import { removeEmptyBuckets } from '../remove/remove-empty-buckets.ts';
import { readBack } from '../share/read-back.ts';
import { type ShareFailure, share } from '../share/share.ts';
import { affectedTargets, othersMissing } from './affected-targets.ts';
import { checkBeforeBuilding, checkBeforeSharing, refuseByChecks, warnOfChecks } from './checks.ts';
import { excludeUnknown } from './exclude-unknown.ts';
import { markPublished } from './mark-published.ts';
import { parameterRefusal, parametersToWrite } from './parameters.ts';
import { isWithdrawn, planSummary, refuseToStart, withdrawnRefusal } from './plan-summary.ts';
import { type RecordOptions, recordRelease } from './record-release.ts';
import { result } from './result.ts';

export interface PublishOptions extends RecordOptions {
  /** Names of the targets to build and verify, including skipped ones; all unless `--only` or `--except` is given. */
  chosen: ReadonlySet<string>;
  limits: BuildLimits;
  /** What builds may replace. */
  room: ReplaceOptions;
  /** Called with the result of all lookups, skipped or not, before any change. Throws if it differs from a reviewed plan. */
  review(all: PlanSummary): void;
  /** Called with the selection if there is something to build or share. Throws if the answer is no. */
  confirm(selected: PlanSummary): Promise<void>;
  /** Called before the first build: writes and validates all templates, and creates the buckets. */
  prepare(toBuild: ReleasePlan['targets']): Promise<void>;
  /** The release's folder, as messages show it. */
  folder: string;
  /** Checks of this machine that do not ask AWS; made together with the others. */
  checkedHere?(toBuild: boolean): Promise<readonly Finding[]>;
}

/**
 * Publishes a release: look, build what is missing, look again, share what is verified, read back, mark as published, record
 * (files, SSM parameters). Nothing is shared until every required target of the publication is verified, whatever was selected,
 * and nothing is recorded until all of them are shared. A best-effort target that fails does not block the others. A second run
 * resumes from what exists in AWS.
 *
 * @throws ActionableError (4) if the run may not start; nothing was built then.
 */
export async function publish(
  whole: ReleasePlan,
  options: PublishOptions,
  context: Context,
): Promise<Result> {
  const first = await verify(whole, whole.targets, context, 'one look');
  const at = context.clock.now();
  const seen = excludeUnknown(whole, first);
  const toBuild = seen.verdicts.some(
    ({ target, status }) => options.chosen.has(target.name) && !isVerified(status),
  );
  const { plan, verdicts, checks, refused, buildsAtOnce } = await checkBeforeBuilding(
    seen,
    options.chosen,
    context,
    {
      atOnce: Math.min(options.limits.parallel, options.limits.parallelPerRegion),
      others: async () => options.checkedHere?.(toBuild) ?? [],
    },
  );
  const before = { verdicts, at };
  const selected = plan.targets.filter(({ name }) => options.chosen.has(name));
  const own = ofTargets(verdicts, selected);
  const replaceable = await findReplaceable(plan, own, options.room);
  const affected = affectedTargets(plan, verdicts, options.chosen);
  const missing = othersMissing(verdicts, options.chosen);
  const takeOver = options.takeOverParameters ?? false;
  const parameters = await parametersToWrite(plan, verdicts, options.chosen, { takeOver }, context);
  const shown = {
    ...planSummary(plan, affected, replaceable, missing),
    ...describeParameters(parameters),
  };
  context.emit({ ...shown, checks });
  const withdrawn = withdrawnRefusal(plan, first, 'Nothing was built', context.command);
  if (withdrawn) throw withdrawn;
  refuseToStart(own.filter(({ target }) => !isReplaced(replaceable, target)));
  refuseByChecks(refused);
  const taken = parameterRefusal(parameters, 'Nothing was built');
  if (taken) throw taken;
  warnOfChecks(checks, context.emit);
  options.review(planSummary(whole, first));
  const ending = {
    ...options,
    chosen: new Set([...options.chosen, ...shown.targets.map(({ name }) => name)]),
  };
  if (areComplete(before.verdicts, plan)) return end(plan, ending, [], before.verdicts, [], context);
  await options.confirm(shown);
  await options.prepare(own.filter(({ status }) => !isVerified(status)).map(({ target }) => target));

  const replaced = await replaceAmis(plan, replaceable, before, options.room, context);
  const built = await ensureBuilt(
    plan,
    selected,
    { ...options.limits, atOnceIn: buildsAtOnce },
    replaced.context,
    replaced.before,
  );
  const verified = await verify(
    plan,
    plan.targets,
    context,
    'until settled',
    seenSince(plan, before.verdicts, built),
  );
  emitVerified(before.verdicts, verified, context.emit);
  const sightings = verified.map(({ sighting }) => sighting);
  if (context.stop.aborted) await removeEmptyBuckets(plan, sightings, context);
  const usable = verified.filter(({ status }) => isVerified(status));
  // If somebody has withdrawn the release in the meantime, nothing of it is shared in any region.
  const ready =
    !verified.some(isWithdrawn) &&
    verified.every((verdict) => !verdict.target.required || usable.includes(verdict));
  if (!ready || context.stop.aborted || areComplete(usable, plan)) {
    return end(plan, ending, built, verified, [], context);
  }

  const { may, failures: held } = await checkBeforeSharing(plan, usable, context);
  const failed = [...held, ...(await share(plan, may, context))];
  const { verdicts: after, failures } = await readBack(plan, verified, may, failed, context);
  return end(plan, ending, built, after, failures, context);
}

/**
 * What is known since the last change to each target: its last sighting, and that nobody may use the AMIs that this run
 * created. For a private release the permissions are looked up anyway, since nothing is shared and read back then. Pure.
 */
function seenSince(
  { sharing }: ReleasePlan,
  before: readonly Verdict[],
  built: readonly BuildOutcome[],
): SeenSince {
  const ofBuilt = new Map(built.map((outcome) => [outcome.target.name, outcome]));
  const sightings = before.flatMap(({ target: { name }, sighting }) => {
    const outcome = ofBuilt.get(name);
    return (outcome ? outcome.seen : sighting) ?? [];
  });
  const made = built.flatMap(({ attempts, seen, status }) =>
    attempts > 0 && seen && 'ami' in status ? [status.ami.id] : [],
  );
  return { sightings, made: new Set(isPrivate(sharing) ? [] : made) };
}

const areComplete = (verdicts: readonly Verdict[], plan: ReleasePlan): boolean =>
  verdicts.every((verdict) => isComplete(verdict, plan));

async function end(
  plan: ReleasePlan,
  options: PublishOptions,
  built: readonly BuildOutcome[],
  verdicts: readonly Verdict[],
  failures: readonly ShareFailure[],
  context: Context,
): Promise<Result> {
  const done = result(plan, options, built, verdicts, failures, context);
  const complete = verdicts.some(isWithdrawn) ? [] : verdicts.filter((verdict) => isComplete(verdict, plan));
  await markPublished(plan, complete, context);
  return recordRelease(plan, done, complete, options, context);
}
