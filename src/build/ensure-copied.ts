import { hasFailed } from '../aws/ami-states.ts';
import type { Context } from '../aws/context.ts';
import { isTransientReason } from '../lib/transient-errors.ts';
import type { Ami } from '../model/ami.ts';
import type { BuildLimits, BuildOutcome } from '../model/build-outcome.ts';
import type { BuildFailure } from '../model/builds.ts';
import type { ReleasePlan, Target } from '../model/release-plan.ts';
import type { Sighting } from '../model/sighting.ts';
import type { Status } from '../model/status.ts';
import { copyLimitOf } from '../model/timeouts.ts';
import { pauseBeforeRetry } from './attempt.ts';
import type { CopyPlaces } from './copy-places.ts';
import type { FailFast } from './fail-fast.ts';
import type { SharedLookups } from './shared-lookups.ts';
import { startCopy } from './start-copy.ts';
import { adopt, clear, noteSighting, outcomeSoFar, stepAfter, stepsBesideAttempts } from './target-steps.ts';

/** A verified AMI to copy from, or why none is available. */
export type Source = { ami: Ami } | { why: string };

/** Where copies are started, and within which limits. */
export interface Copying {
  limits: BuildLimits;
  lookups: SharedLookups;
  places: CopyPlaces;
  failing: FailFast;
}

/**
 * Look, copy what is missing, look again, until the target's copy exists or nothing more may be done.
 *
 * @param source resolves once the source is verified, or it is known that this run will not verify it.
 * @param first the earlier observation; requested only once the source is known, since that may take hours.
 */
export async function ensureCopied(
  plan: ReleasePlan,
  target: Target,
  source: Promise<Source>,
  first: () => Sighting | undefined,
  { limits, lookups, places, failing }: Copying,
  context: Context,
): Promise<BuildOutcome> {
  const { clock, emit, stop, timeouts } = context;
  const limit = copyLimitOf(timeouts, target.copy?.within);
  const outcome = outcomeSoFar(target);
  const from = await source;
  const earlier = { dead: new Set<string>() };
  /** When the copy was started, or this run began to wait for it; it may have waited for its place before that. */
  let began = clock.now();
  let known = first();
  let wasPending = false;
  for (let steps = 0; steps < limits.attempts + stepsBesideAttempts; steps++) {
    const sighting = known ?? (await lookups.look(target, 'now'));
    known = undefined;
    const { now, leftovers } = noteSighting(target, sighting, outcome, plan.sharing, context);
    for (const { ami } of sighting.images.ok ? sighting.images.value : [])
      if (hasFailed(ami)) earlier.dead.add(ami.id);
    if (now.is === 'failed' && wasPending) outcome.failure = failureOf(now);
    wasPending = now.is === 'pending';
    switch (stepAfter(now, leftovers, outcome, limits, failing, context)) {
      case 'wait':
        if (clock.now() > began + limit) return outcome;
        if (now.is === 'pending')
          emit({ type: 'waiting', target: target.name, for: `EC2 to copy ${now.ami.id}` });
        await clock.sleep(pauseAfter(clock.now(), began), stop);
        steps--; // waiting has its own limit
        break;
      case 'clear':
        if (!(await clear(leftovers, outcome, context))) return outcome;
        break;
      case 'adopt': {
        const failed = await adopt(now, target, context);
        if (failed) return { ...outcome, status: failed };
        break;
      }
      case 'attempt': {
        if ('why' in from) return { ...outcome, failure: { kind: 'blocked', message: from.why } };
        if (outcome.failure) await clock.sleep(pauseBeforeRetry(outcome, context), stop);
        const started = await startCopy(plan, target, from.ami, earlier, places, context);
        if (started === 'nothing') return outcome;
        outcome.attempts++;
        if ('failure' in started) {
          outcome.failure = started.failure;
          break;
        }
        wasPending = true;
        began = clock.now();
        const { ami } = started;
        emit({
          type: 'copy-started',
          target: target.name,
          ami,
          from: from.ami.id,
          attempt: outcome.attempts,
          of: limits.attempts,
        });
        break;
      }
      case 'done':
        return { ...outcome, seen: sighting };
    }
  }
  return outcome;
}

/** Whether a failed copy is retried: only if AWS says the failure was its own fault. */
function failureOf({ why }: Extract<Status, { is: 'failed' }>): BuildFailure {
  const [, reason = ''] = /^(?:AMI|snapshot) \S+ is \S+: (.*)$/s.exec(why) ?? [];
  return { kind: isTransientReason(reason) ? 'transient' : 'other', message: `the copy failed: ${why}` };
}

/**
 * Milliseconds until a copy is looked up again: about a twentieth of its time so far. So a copy of minutes is noticed soon, and
 * a copy of hours does not cause many calls. The lookups of a region's copies fall on the same moments and share one call.
 */
export function pauseAfter(now: number, began: number): number {
  const steps = [3_000, 6_000, 15_000, 30_000];
  const step = steps.findLast((one) => one <= (now - began) / 20) ?? 3_000;
  return step - (now % step);
}
