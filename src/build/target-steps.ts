import { saysNotFound } from '../aws/ask.ts';
import { writeTags } from '../aws/build-resources.ts';
import { consistencyPause } from '../aws/consistency-pause.ts';
import type { Context } from '../aws/context.ts';
import { deprecateImage } from '../aws/copies.ts';
import { definedOnly } from '../lib/defined-only.ts';
import type { BuildLimits, BuildOutcome } from '../model/build-outcome.ts';
import { describeLookupError } from '../model/lookup.ts';
import type { ReleasePlan, Target } from '../model/release-plan.ts';
import type { Resource } from '../model/resource.ts';
import type { Sighting } from '../model/sighting.ts';
import { failedCallOf, type Status } from '../model/status.ts';
import { statusOf } from '../observe/status.ts';
import { removeLeftovers } from '../remove/remove-leftovers.ts';
import type { FailFast } from './fail-fast.ts';
import { nextStep, type Step } from './next-step.ts';

/** Steps that a target may take besides its attempts and waits; a target that needs more does not converge. */
export const stepsBesideAttempts = 12;

export const outcomeSoFar = (target: Target): BuildOutcome => ({
  target,
  status: { is: 'absent' },
  attempts: 0,
  throttled: 0,
  seconds: 0,
  remaining: [],
});

/** Derives the status of a target from a sighting, records it in the target's outcome and emits it. */
export function noteSighting(
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

/** The next step for a target, by its status and by what the run has already done. */
export const stepAfter = (
  now: Status,
  leftovers: readonly Resource[],
  outcome: BuildOutcome,
  { attempts }: Pick<BuildLimits, 'attempts'>,
  failing: Pick<FailFast, 'startsNothing'>,
  { stop }: Pick<Context, 'stop'>,
): Step =>
  nextStep(now, leftovers.length > 0, {
    ...outcome,
    attemptsAtMost: attempts,
    stopping: stop.aborted,
    startsNothing: failing.startsNothing(),
  });

/** Removes what an earlier build or copy left behind. @returns whether all of it is gone. */
export async function clear(
  leftovers: readonly Resource[],
  outcome: BuildOutcome,
  context: Context,
): Promise<boolean> {
  const outcomes = await removeLeftovers(leftovers, context);
  outcome.remaining = outcomes.filter((one) => one.outcome === 'remains');
  return outcome.remaining.length === 0;
}

/** Adds what an AMI lacks: tags, or its source's deprecation date. @returns the status if that failed. */
export async function adopt(now: Status, target: Target, context: Context): Promise<Status | undefined> {
  if (now.is !== 'built') return undefined;
  if (now.deprecateAt !== undefined) {
    const set = await deprecateImage(context.clients, target.region, now.ami.id, now.deprecateAt);
    if (set.ok) await context.clock.sleep(consistencyPause(context, 1_000), context.stop);
    return set.ok || saysNotFound(set.error.code) ? undefined : { is: 'unknown', error: set.error };
  }
  if (!now.adopt) return undefined;
  const tagged = await writeTags(
    context.clients,
    target.region,
    [now.ami.id, ...now.ami.snapshots],
    now.adopt,
  );
  // A lagging replica of EC2 may not know it yet: look again.
  if (!tagged.ok && saysNotFound(tagged.error.code)) return undefined;
  if (!tagged.ok) return { is: 'unknown', error: tagged.error };
  context.emit({ type: 'adopted', target: target.name, ami: now.ami.id });
  return undefined;
}
