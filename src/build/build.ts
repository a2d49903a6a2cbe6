import pLimit from 'p-limit';
import { saysNotFound } from '../aws/ask.ts';
import { writeTags } from '../aws/build-resources.ts';
import type { Context } from '../aws/context.ts';
import { definedOnly } from '../lib/defined-only.ts';
import type { BuildLimits, BuildOutcome } from '../model/build-outcome.ts';
import { describeLookupError } from '../model/lookup.ts';
import type { ReleasePlan, Target } from '../model/release-plan.ts';
import type { Sighting } from '../model/sighting.ts';
import { failedCallOf, type Status } from '../model/status.ts';
import { buildLimitOf, waitLimitOf } from '../model/timeouts.ts';
import { statusOf } from '../observe/status.ts';
import { ofTargets, type Verdict } from '../observe/verify.ts';
import { removeLeftovers } from '../remove/remove-leftovers.ts';
import { attempt, transientPause } from './attempt.ts';
import { type FailFast, failFast } from './fail-fast.ts';
import { longestFirst } from './longest-first.ts';
import { nextStep } from './next-step.ts';
import { type SharedLookups, sharedLookups } from './shared-lookups.ts';
import { warnOfUntaggedGroup } from './untagged-group.ts';

export type { BuildLimits, BuildOutcome };

/** Steps that a target may take besides its attempts and waits: more means that it does not converge. */
const stepsBesideAttempts = 12;
const betweenLookups = 3_000;

/** What was observed just before, so that it is not looked up twice. */
export interface Before {
  verdicts: readonly Verdict[];
  /** Milliseconds since 1970. */
  at: number;
}

/** Older observations are repeated: the user may have taken time to answer the question. Milliseconds. */
const freshFor = 60_000;

/**
 * For each target: look, do what is missing, look again, until it is built or nothing more may be done. The region's limit is
 * acquired before the overall one, so that a full region holds no slot of the others. The builds that took longest before are
 * started first. With one build at a time, targets are processed one by one, in the plan's order.
 */
export async function ensureBuilt(
  plan: ReleasePlan,
  targets: readonly Target[],
  limits: BuildLimits,
  context: Context,
  before: Before,
): Promise<BuildOutcome[]> {
  const overall = pLimit(limits.parallel);
  const perRegion = new Map(targets.map(({ region }) => [region, pLimit(limits.parallelPerRegion)]));
  const oneByOne = limits.parallel === 1;
  const whole = oneByOne ? pLimit(1) : (ensure: () => Promise<BuildOutcome>) => ensure();
  const failing = failFast(limits, context);
  const lookups = sharedLookups(plan, context);
  const inOrder = oneByOne
    ? targets
    : longestFirst(targets, await context.builds.took(targets.map(({ name }) => name)));
  return Promise.all(
    inOrder.map((target) =>
      whole(async () => {
        const region = perRegion.get(target.region) ?? overall;
        const fresh = context.clock.now() - before.at < freshFor ? before.verdicts : [];
        const first = ofTargets(fresh, [target])[0]?.sighting;
        const inSlot: InSlot = (job) => region(() => overall(job));
        const ensured = ensureTarget(target, plan.sharing, limits, context, first, inSlot, failing, lookups);
        return failing.ended(await ensured.catch((error: unknown) => unexpectedFailure(target, error)));
      }),
    ),
  );
}

/** An unexpected error, such as an unreadable disk or a bug, fails its target only. */
const unexpectedFailure = (target: Target, error: unknown): BuildOutcome => ({
  ...outcomeSoFar(target),
  failure: {
    kind: 'other',
    message: `unexpected error in gopackgo: ${error instanceof Error ? error.stack : String(error)}`,
  },
});

const outcomeSoFar = (target: Target): BuildOutcome => ({
  target,
  status: { is: 'absent' },
  attempts: 0,
  seconds: 0,
  remaining: [],
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
): Promise<BuildOutcome> {
  const outcome = outcomeSoFar(target);
  const waitUntil = context.clock.now() + waitLimitOf(context.timeouts);
  let known = first;
  let urgency: Parameters<SharedLookups['look']>[1] = 'now';
  for (let steps = 0; steps < limits.attempts + stepsBesideAttempts; steps++) {
    const sighting = known ?? (await lookups.look(target, urgency));
    const { now, leftovers, processes } = noteSighting(target, sighting, outcome, sharing, context);
    known = undefined;
    urgency = 'now';
    const progress = {
      ...outcome,
      attemptsAtMost: limits.attempts,
      stopping: context.stop.aborted,
      startsNothing: failing.startsNothing(),
    };
    switch (nextStep(now, leftovers.length > 0, progress)) {
      case 'wait':
        if (context.clock.now() > waitUntil) return outcome;
        await wait(now, target, context);
        steps--; // waiting has its own limit
        break;
      case 'clear': {
        await endOrphans(target, processes, context);
        await warnOfUntaggedGroup(target, leftovers, context);
        const outcomes = await removeLeftovers(leftovers, context);
        outcome.remaining = outcomes.filter((one) => one.outcome === 'remains');
        if (outcome.remaining.length > 0) return outcome;
        break;
      }
      case 'adopt': {
        const failed = await adopt(now, target, context);
        if (failed) return { ...outcome, status: failed };
        break;
      }
      case 'attempt':
        failing.retries(target.name);
        if (outcome.failure) await context.clock.sleep(transientPause, context.stop);
        known = await lookups.building(target, () =>
          inSlot(() => attempt(target, limits, context, outcome, failing, () => lookups.look(target, 'now'))),
        );
        urgency = 'later';
        break;
      case 'done':
        return outcome;
    }
  }
  return outcome;
}

function noteSighting(
  target: Target,
  sighting: Sighting,
  outcome: BuildOutcome,
  sharing: ReleasePlan['sharing'],
  context: Context,
) {
  const now = statusOf(target, sighting, sharing, context.clock.now(), context.timeouts);
  outcome.status = now;
  context.emit({
    type: 'status',
    target: target.name,
    status: now.is,
    ...('ami' in now ? { ami: now.ami.id } : {}),
    ...(now.is === 'unknown' ? { why: describeLookupError(now.error) } : {}),
    ...definedOnly({ failedCall: failedCallOf(now) }),
  });
  const { leftovers, builders, attempt } = sighting;
  const processes = [attempt?.pid, ...(builders.ok ? builders.value.map(({ pid }) => pid) : [])];
  return {
    now,
    leftovers: leftovers.ok ? leftovers.value : [],
    processes: [...new Set(processes)].filter((pid) => pid !== undefined),
  };
}

/** Processes of a Packer whose leader died can still create resources for a moment, and cannot clean up. */
async function endOrphans(target: Target, processes: number[], context: Context): Promise<void> {
  for (const pid of processes) {
    if ((await context.builds.alive(pid, target.name)) === 'orphaned') context.builds.kill(pid);
  }
}

/** Wait for another run's build, or for EC2. When the user asks to stop, a Packer on this host is asked to stop too. */
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

async function adopt(now: Status, target: Target, context: Context): Promise<Status | undefined> {
  if (now.is !== 'built' || !now.adopt) return undefined;
  const tagged = await writeTags(
    context.clients,
    target.region,
    [now.ami.id, ...now.ami.snapshots],
    now.adopt,
  );
  // A replica of EC2 that lags may not know it yet: look again.
  if (!tagged.ok && saysNotFound(tagged.error.code)) return undefined;
  if (!tagged.ok) return { is: 'unknown', error: tagged.error };
  context.emit({ type: 'adopted', target: target.name, ami: now.ami.id });
  return undefined;
}
