import type { Result, ResultTarget, TargetError } from '../events.ts';
import { exitStatus } from '../lib/actionable-error.ts';
import type { Plan, Target } from '../plan/plan.ts';
import { adviceFor } from './advice.ts';
import type { BuildOutcome } from './build.ts';
import { isPrivate } from './permissions.ts';
import { why } from './planned.ts';
import type { ShareFailure } from './share.ts';
import { isComplete, isVerified, ofTargets, type Verdict } from './verify.ts';
import type { World } from './world.ts';

/** The end of a run, from what came of each step. Pure but for the question whether the user asked to stop. */
export function result(
  plan: Plan,
  { selected, folder }: { selected: readonly Target[]; folder: string },
  built: readonly BuildOutcome[],
  verdicts: readonly Verdict[],
  failures: readonly ShareFailure[],
  { stop }: Pick<World, 'stop'>,
): Result {
  const mine = ofTargets(verdicts, selected);
  const targets = mine.map((verdict) => {
    const outcome = built.find(({ target }) => target.name === verdict.target.name);
    return resultTarget(verdict, outcome, failures);
  });
  const sharing = !isPrivate(plan.sharing);
  const shared = sharing && verdicts.every((verdict) => isComplete(verdict, plan));
  const whole = selected.length === plan.targets.length;
  const good =
    targets.every(({ error }) => error === undefined) &&
    mine.every(({ standing }) => isVerified(standing)) &&
    (!sharing || shared || !whole);
  const exit = stop.aborted ? exitStatus.interrupted : good ? exitStatus.done : exitStatus.failed;
  return {
    type: 'result',
    format: 1,
    release: plan.release,
    exit,
    targets,
    shared,
    recorded: false,
    folder,
    next: [],
  };
}

function resultTarget(
  { target, standing, sighting }: Verdict,
  outcome: BuildOutcome | undefined,
  failures: readonly ShareFailure[],
): ResultTarget {
  const error = withAdvice(targetError(target, standing.is, why(standing), outcome, failures), target.region);
  const failed = error !== undefined && (standing.is === 'absent' || standing.is === 'failed');
  const amis = sighting.images.ok ? sighting.images.value.map(({ ami }) => ami) : [];
  const ami = 'ami' in standing ? standing.ami : amis[0];
  return {
    name: target.name,
    region: target.region,
    standing: failed ? 'failed' : standing.is,
    ...(ami ? { ami: ami.id, snapshots: ami.snapshots } : {}),
    attempts: outcome?.attempts ?? 0,
    seconds: Math.round((outcome?.seconds ?? 0) * 10) / 10,
    ...(error ? { error } : {}),
    ...(outcome?.log ? { log: outcome.log } : {}),
  };
}

function withAdvice(error: TargetError | undefined, region: string): TargetError | undefined {
  const advice = error && adviceFor(error.message, region);
  return advice ? { ...error, message: `${error.message}. ${advice}` } : error;
}

function targetError(
  target: Target,
  is: Verdict['standing']['is'],
  reason: string | undefined,
  outcome: BuildOutcome | undefined,
  failures: readonly ShareFailure[],
): TargetError | undefined {
  const kept = outcome?.kept[0];
  if (kept) {
    const { resource, error } = kept;
    return {
      kind: 'leftover',
      message: `${resource.kind} ${resource.id} could not be removed: ${error.code}: ${error.message}`,
    };
  }
  const unshared = failures.find((failure) => failure.target === target.name);
  if (unshared) {
    const { id, error } = unshared;
    return { kind: 'sharing', message: `${id} could not be shared: ${error.code}: ${error.message}` };
  }
  if (is === 'verified' || is === 'shared') return undefined;
  return outcome?.failure ?? (reason === undefined ? undefined : { kind: is, message: reason });
}
