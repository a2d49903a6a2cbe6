import pLimit from 'p-limit';
import type { Context } from '../aws/context.ts';
import type { Ami } from '../model/ami.ts';
import type { BuildLimits, BuildOutcome } from '../model/build-outcome.ts';
import { type Lookup, okLookup } from '../model/lookup.ts';
import type { ReleasePlan, Target } from '../model/release-plan.ts';
import type { Sighting } from '../model/sighting.ts';
import type { Status } from '../model/status.ts';
import { buildLimitOf, waitLimitOf } from '../model/timeouts.ts';
import { isVerified, ofTargets, type Verdict, verify } from '../observe/verify.ts';
import { attempt, pauseBeforeRetry, throttledPauses } from './attempt.ts';
import { copyPlaces } from './copy-places.ts';
import { ensureCopied, type Source } from './ensure-copied.ts';
import { type FailFast, failFast } from './fail-fast.ts';
import { longestFirst } from './longest-first.ts';
import { type SharedLookups, sharedLookups } from './shared-lookups.ts';
import { adopt, clear, noteSighting, outcomeSoFar, stepAfter, stepsBesideAttempts } from './target-steps.ts';
import { warnOfUntaggedGroup } from './untagged-group.ts';

export type { BuildLimits, BuildOutcome };

const betweenLookups = 3_000;

/** An observation made just before, so that it is not repeated. */
export interface Before {
  verdicts: readonly Verdict[];
  /** Milliseconds since 1970. */
  at: number;
}

/** Older observations are repeated: the user may have taken time to answer a question. Milliseconds. */
const freshFor = 60_000;

/**
 * For each target: look, do what is missing, look again, until the target is built or copied, or nothing more may be done. A
 * build acquires the region's limit before the overall limit, so that a full region takes no slot from the others. Builds that
 * took longest last time start first. With one build at a time, targets are processed one by one, in the plan's order. Copies
 * take no slot: each waits until its source is verified, whether or not this run builds the source.
 */
export async function ensureBuilt(
  plan: ReleasePlan,
  targets: readonly Target[],
  limits: BuildLimits,
  context: Context,
  before: Before,
): Promise<BuildOutcome[]> {
  const overall = pLimit(limits.parallel);
  const perRegion = new Map(targets.map(({ region }) => [region, pLimit(limitIn(region, limits))]));
  const oneByOne = limits.parallel === 1;
  const whole = oneByOne ? pLimit(1) : (ensure: () => Promise<BuildOutcome>) => ensure();
  const failing = failFast(limits, context);
  const sourceAmis = new Map<string, Lookup<Ami>>();
  const lookups = sharedLookups(plan, context, sourceAmis);
  const built = targets.filter(({ copy }) => !copy);
  const copied = targets.filter(({ copy }) => copy);
  const inOrder = oneByOne
    ? built
    : longestFirst(built, await context.builds.took(built.map(({ name }) => name)));
  const firstOf = (target: Target): Sighting | undefined =>
    context.clock.now() - before.at < freshFor
      ? ofTargets(before.verdicts, [target])[0]?.sighting
      : undefined;
  const guarded = async (target: Target, ensured: Promise<BuildOutcome>) =>
    failing.ended(await ensured.catch((error: unknown) => unexpectedFailure(target, error)));
  const builds = new Map(
    inOrder.map((target) => [
      target.name,
      whole(() => {
        const region = perRegion.get(target.region) ?? overall;
        const inSlot: InSlot = (job) => region(() => overall(job));
        const first = firstOf(target);
        const isAwaited = copied.some(({ copy }) => copy?.from === target.name);
        return guarded(
          target,
          ensureTarget(target, plan.sharing, limits, context, first, inSlot, failing, lookups, isAwaited),
        );
      }),
    ]),
  );
  const sources = new Map<string, Promise<Source>>();
  const sourceOf = (name: string): Promise<Source> => {
    const known = sources.get(name) ?? verifiedSource(plan, name, builds.get(name), before, context);
    sources.set(name, known);
    return known.then((source) => {
      if ('ami' in source) sourceAmis.set(name, okLookup(source.ami));
      return source;
    });
  };
  const copying = { limits, lookups, places: copyPlaces(context, failing.startsNothing), failing };
  const copies = copied.map((target) =>
    guarded(
      target,
      ensureCopied(plan, target, sourceOf(target.copy?.from ?? ''), () => firstOf(target), copying, context),
    ),
  );
  return Promise.all([...builds.values(), ...copies]);
}

/**
 * The AMI of a target that others are copied from, once it is verified. If this run does not build it, it is looked up once
 * more, unless it was verified just before.
 */
async function verifiedSource(
  plan: ReleasePlan,
  name: string,
  building: Promise<BuildOutcome> | undefined,
  before: Before,
  context: Context,
): Promise<Source> {
  const outcome = await building;
  const target = plan.targets.find((one) => one.name === name);
  if (!target) return { why: `not copied: ${name} is not in the plan` };
  const isFresh = context.clock.now() - before.at < freshFor;
  const seen = isFresh ? ofTargets(before.verdicts, [target])[0]?.status : undefined;
  const status = seen && isVerified(seen) ? seen : (await verify(plan, [target], context))[0]?.status;
  if (status && isVerified(status)) return { ami: status.ami };
  const own = outcome?.failure?.kind === 'stopped' ? 'was not built' : `is ${status?.is ?? 'unknown'}`;
  const chosen = building ? '' : ', and this run does not build it';
  return { why: `not copied: ${name}, its source, ${own}${chosen}` };
}

const limitIn = (region: string, { parallelPerRegion, atOnceIn }: BuildLimits): number =>
  Math.min(parallelPerRegion, atOnceIn?.get(region) ?? parallelPerRegion);

/** An unexpected error, such as an unreadable disk or a bug, fails only its own target. */
const unexpectedFailure = (target: Target, error: unknown): BuildOutcome => ({
  ...outcomeSoFar(target),
  failure: {
    kind: 'other',
    message: `unexpected error in gopackgo: ${error instanceof Error ? error.stack : String(error)}`,
  },
});

type InSlot = <T>(job: () => Promise<T>) => Promise<T>;

async function ensureTarget(
  target: Target,
  sharing: ReleasePlan['sharing'],
  limits: BuildLimits,
  context: Context,
  first: Sighting | undefined,
  inSlot: InSlot,
  failing: FailFast,
  lookups: SharedLookups,
  isAwaited: boolean,
): Promise<BuildOutcome> {
  const outcome = outcomeSoFar(target);
  const waitUntil = context.clock.now() + waitLimitOf(context.timeouts);
  let known = first;
  let urgency: Parameters<SharedLookups['look']>[1] = 'now';
  const stepsAtMost = limits.attempts + throttledPauses.length + stepsBesideAttempts;
  for (let steps = 0; steps < stepsAtMost; steps++) {
    const sighting = known ?? (await lookups.look(target, urgency));
    const { now, leftovers, processes } = noteSighting(target, sighting, outcome, sharing, context);
    known = undefined;
    urgency = 'now';
    switch (stepAfter(now, leftovers, outcome, limits, failing, context)) {
      case 'wait':
        if (context.clock.now() > waitUntil) return outcome;
        await wait(now, target, context);
        steps--; // waiting has its own limit
        break;
      case 'clear': {
        await endOrphans(target, processes, context);
        await warnOfUntaggedGroup(target, leftovers, context);
        if (!(await clear(leftovers, outcome, context))) return outcome;
        break;
      }
      case 'adopt': {
        const failed = await adopt(now, target, context);
        if (failed) return { ...outcome, status: failed };
        break;
      }
      case 'attempt':
        failing.retries(target.name);
        if (outcome.failure) await context.clock.sleep(pauseBeforeRetry(outcome, context), context.stop);
        known = await lookups.building(target, () =>
          inSlot(() => attempt(target, limits, context, outcome, failing, () => lookups.look(target, 'now'))),
        );
        urgency = isAwaited ? 'now' : 'later';
        break;
      case 'done':
        return { ...outcome, seen: sighting };
    }
  }
  return outcome;
}

/** Waits for another run's build, or for EC2. If the user asks to stop, a Packer process on this host is asked to stop too. */
async function wait(now: Status, target: Target, context: Context): Promise<void> {
  if (now.is === 'building')
    context.emit({ type: 'waiting', target: target.name, ...describeBuild(now, context) });
  if (now.is === 'pending')
    context.emit({ type: 'waiting', target: target.name, for: `${now.ami.id} to be available` });
  await context.clock.sleep(betweenLookups, context.stop);
  if (context.stop.aborted && now.is === 'building' && now.pid !== undefined) context.builds.stop(now.pid);
}

function describeBuild(
  { where, pid, since }: Extract<Status, { is: 'building' }>,
  { timeouts }: Pick<Context, 'timeouts'>,
) {
  if (pid !== undefined || since === undefined) return { for: `the build on ${where}` };
  const until = new Date(Date.parse(since) + buildLimitOf(timeouts)).toISOString();
  return { for: `the build on ${where}, until ${until} at most (--take-over ends it)`, until };
}

/** Processes of a Packer whose leader died can still create resources for a moment, and cannot clean up. */
async function endOrphans(target: Target, processes: number[], context: Context): Promise<void> {
  for (const pid of processes) {
    if ((await context.builds.alive(pid, target.name)) === 'orphaned') context.builds.kill(pid);
  }
}
