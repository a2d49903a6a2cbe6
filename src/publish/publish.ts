import type { World } from '../aws/context.ts';
import { type BuildLimits, type BuildOutcome, ensureBuilt } from '../build/build.ts';
import { inTheWay, makeRoom, type RoomOptions } from '../build/replace.ts';
import { makesWayFor } from '../build/replaceable.ts';
import type { Planned, Result } from '../model/events.ts';
import type { Plan } from '../model/release-plan.ts';
import { isComplete, isVerified, ofTargets, tellVerified, type Verdict, verify } from '../observe/verify.ts';
import { type Destination, record } from '../record/record.ts';
import { withRecord } from '../record/result-with-record.ts';
import { readBack } from '../share/read-back.ts';
import { type ShareFailure, share } from '../share/share.ts';
import { toldOf } from './affected-targets.ts';
import { checkBeforeBuilding, checkBeforeSharing, refuseByChecks, warnOf } from './checks.ts';
import { leaveOutUnseen } from './exclude-unknown.ts';
import { planned, refuseToStart } from './plan-summary.ts';
import { result } from './result.ts';

export interface PublishOptions {
  /** Names of the targets to build and verify, left out ones among them; all unless `--only` or `--except` chose. */
  chosen: ReadonlySet<string>;
  limits: BuildLimits;
  /** What may be removed to make room for builds. */
  room: RoomOptions;
  /** Told all that was looked at, left out or not, before anything is done. Throws where a plan that was read is another one. */
  review(all: Planned): void;
  /** Asked when something is to be made or shared, with what is selected. Throws where the answer is no. */
  confirm(selected: Planned): Promise<void>;
  /** Done before the first build, for these targets: templates written and checked whole, buckets made. */
  prepare(toBuild: Plan['targets']): Promise<void>;
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
export async function publish(whole: Plan, options: PublishOptions, world: World): Promise<Result> {
  const first = await verify(whole, whole.targets, world, 'one look');
  const at = world.clock.now();
  const seen = leaveOutUnseen(whole, first);
  const { plan, verdicts, checks, refused } = await checkBeforeBuilding(seen, options.chosen, world);
  const before = { verdicts, at };
  const selected = plan.targets.filter(({ name }) => options.chosen.has(name));
  const mine = ofTargets(verdicts, selected);
  const way = await inTheWay(plan, mine, options.room);
  const told = toldOf(plan, verdicts, options.chosen);
  const shown = planned(plan, told, way);
  world.emit({ ...shown, checks });
  refuseToStart(mine.filter(({ target }) => !makesWayFor(way, target)));
  refuseByChecks(refused);
  warnOf(checks, world.emit);
  options.review(planned(whole, first));
  const ending = {
    ...options,
    chosen: new Set([...options.chosen, ...shown.targets.map(({ name }) => name)]),
  };
  if (areComplete(before.verdicts, plan)) return end(plan, ending, [], before.verdicts, [], world);
  await options.confirm(shown);
  await options.prepare(mine.filter(({ standing }) => !isVerified(standing)).map(({ target }) => target));

  const room = await makeRoom(plan, way, before, options.room, world);
  const built = await ensureBuilt(plan, selected, options.limits, room.world, room.before);
  const verified = await verify(plan, plan.targets, world);
  tellVerified(before.verdicts, verified, world.emit);
  const good = verified.filter(({ standing }) => isVerified(standing));
  const ready = verified.every((verdict) => !verdict.target.required || good.includes(verdict));
  if (!ready || world.stop.aborted || areComplete(good, plan)) {
    return end(plan, ending, built, verified, [], world);
  }

  const { may, failures: held } = await checkBeforeSharing(plan, good, world);
  const failed = [...held, ...(await share(plan, may, world))];
  const { verdicts: after, failures } = await readBack(plan, may, failed, world);
  return end(plan, ending, built, after, failures, world);
}

const areComplete = (verdicts: readonly Verdict[], plan: Plan): boolean =>
  verdicts.every((verdict) => isComplete(verdict, plan));

async function end(
  plan: Plan,
  options: PublishOptions,
  built: readonly BuildOutcome[],
  verdicts: readonly Verdict[],
  failures: readonly ShareFailure[],
  world: World,
): Promise<Result> {
  const done = result(plan, options, built, verdicts, failures, world);
  if (!options.recordTo) return done;
  const complete = verdicts.filter((verdict) => isComplete(verdict, plan));
  return withRecord(done, await record(plan, complete, options.recordTo, world.emit));
}
