import type { Context } from '../aws/context.ts';
import { type BuildLimits, type BuildOutcome, ensureBuilt } from '../build/build.ts';
import { findReplaceable, type ReplaceOptions, replaceAmis } from '../build/replace.ts';
import { isReplaced } from '../build/replaceable.ts';
import type { PlanSummary, Result } from '../model/events.ts';
import type { ReleasePlan } from '../model/release-plan.ts';
import { emitVerified, isComplete, isVerified, ofTargets, type Verdict, verify } from '../observe/verify.ts';
import { type Destination, record } from '../record/record.ts';
import { withRecord } from '../record/result-with-record.ts';
import { readBack } from '../share/read-back.ts';
import { type ShareFailure, share } from '../share/share.ts';
import { affectedTargets } from './affected-targets.ts';
import { checkBeforeBuilding, checkBeforeSharing, refuseByChecks, warnOfChecks } from './checks.ts';
import { excludeUnknown } from './exclude-unknown.ts';
import { planSummary, refuseToStart } from './plan-summary.ts';
import { result } from './result.ts';

export interface PublishOptions {
  /** Names of the targets to build and verify, left out ones among them; all unless `--only` or `--except` chose. */
  chosen: ReadonlySet<string>;
  limits: BuildLimits;
  /** What may be removed to make room for builds. */
  room: ReplaceOptions;
  /** Told all that was looked at, left out or not, before anything is done. Throws where a plan that was read is another one. */
  review(all: PlanSummary): void;
  /** Asked when something is to be made or shared, with what is selected. Throws where the answer is no. */
  confirm(selected: PlanSummary): Promise<void>;
  /** Done before the first build, for these targets: templates written and checked whole, buckets made. */
  prepare(toBuild: ReleasePlan['targets']): Promise<void>;
  /** The release's folder, as it is shown. */
  folder: string;
  /** Where the ids are recorded; absent where the config names no file. */
  recordTo?: Destination;
}

/**
 * Publish a release: look, build what is missing, look again, share what is verified, read back, record. Nothing is
 * shared until every required target of the publication is verified, whatever was selected, and nothing recorded until
 * all of them are shared. What need not exist and cannot be had holds nobody up: the rest is published without it. Run
 * again, it goes on where AWS says it stands.
 *
 * @throws ActionableError (4) where something speaks against starting; nothing was made then.
 */
export async function publish(
  whole: ReleasePlan,
  options: PublishOptions,
  context: Context,
): Promise<Result> {
  const first = await verify(whole, whole.targets, context, 'one look');
  const at = context.clock.now();
  const seen = excludeUnknown(whole, first);
  const { plan, verdicts, checks, refused } = await checkBeforeBuilding(seen, options.chosen, context);
  const before = { verdicts, at };
  const selected = plan.targets.filter(({ name }) => options.chosen.has(name));
  const mine = ofTargets(verdicts, selected);
  const way = await findReplaceable(plan, mine, options.room);
  const told = affectedTargets(plan, verdicts, options.chosen);
  const shown = planSummary(plan, told, way);
  context.emit({ ...shown, checks });
  refuseToStart(mine.filter(({ target }) => !isReplaced(way, target)));
  refuseByChecks(refused);
  warnOfChecks(checks, context.emit);
  options.review(planSummary(whole, first));
  const ending = {
    ...options,
    chosen: new Set([...options.chosen, ...shown.targets.map(({ name }) => name)]),
  };
  if (areComplete(before.verdicts, plan)) return end(plan, ending, [], before.verdicts, [], context);
  await options.confirm(shown);
  await options.prepare(mine.filter(({ status }) => !isVerified(status)).map(({ target }) => target));

  const room = await replaceAmis(plan, way, before, options.room, context);
  const built = await ensureBuilt(plan, selected, options.limits, room.context, room.before);
  const verified = await verify(plan, plan.targets, context);
  emitVerified(before.verdicts, verified, context.emit);
  const good = verified.filter(({ status }) => isVerified(status));
  const ready = verified.every((verdict) => !verdict.target.required || good.includes(verdict));
  if (!ready || context.stop.aborted || areComplete(good, plan)) {
    return end(plan, ending, built, verified, [], context);
  }

  const { may, failures: held } = await checkBeforeSharing(plan, good, context);
  const failed = [...held, ...(await share(plan, may, context))];
  const { verdicts: after, failures } = await readBack(plan, may, failed, context);
  return end(plan, ending, built, after, failures, context);
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
  if (!options.recordTo) return done;
  const complete = verdicts.filter((verdict) => isComplete(verdict, plan));
  return withRecord(done, await record(plan, complete, options.recordTo, context.emit));
}
