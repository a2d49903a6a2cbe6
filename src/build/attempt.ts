import { consistencyPause } from '../aws/consistency-pause.ts';
import type { Context } from '../aws/context.ts';
import type { BuildLimits, BuildOutcome } from '../model/build-outcome.ts';
import type { BuildEnd, BuildFailure, RunningBuild } from '../model/builds.ts';
import type { Target } from '../model/release-plan.ts';
import type { Sighting } from '../model/sighting.ts';
import { withAwsReason } from '../observe/aws-reason.ts';
import type { FailFast } from './fail-fast.ts';
import { countedAttempts } from './next-step.ts';
import { amiWatcher } from './watch-ami.ts';

/** Pause before a build is retried. Milliseconds. */
const transientPause = 15_000;

/**
 * Pauses before each start of a build that AWS throttled before it launched anything, in milliseconds; in total about as long as
 * gopackgo repeats its own calls. Such a start costs nothing and counts against no limit, except after the last pause.
 */
export const throttledPauses: readonly number[] = [15_000, 30_000, 60_000, 60_000, 60_000, 60_000];

/** How long to wait before a build, or a copy, is retried, in milliseconds. Pure. */
export const pauseBeforeRetry = (
  { throttled }: Pick<BuildOutcome, 'throttled'>,
  context: Pick<Context, 'lag'>,
): number => consistencyPause(context, throttledPauses[throttled - 1] ?? transientPause);

/**
 * Runs Packer once for a target and records the result in `outcome`. Whether it may start is checked once it has a slot: by
 * then another target may have failed. After a failure the target is observed at once, to get AWS's reason while EC2 still
 * shows the failed AMI and the terminated instance.
 *
 * @returns that observation; undefined if there was none.
 */
export async function attempt(
  target: Target,
  limits: BuildLimits,
  context: Context,
  outcome: BuildOutcome,
  failing: FailFast,
  lookup: () => Promise<Sighting>,
): Promise<Sighting | undefined> {
  if (!(await failing.mayStart())) return undefined;
  outcome.attempts++;
  const build = await context.builds.start(target).catch((error: Error) => {
    // A full disk, for example. Nothing was started; the other targets continue.
    outcome.failure = { kind: 'other', message: `Packer could not be started: ${error.message}` };
  });
  if (!build) return undefined;
  outcome.log = build.log;
  const number = countedAttempts(outcome);
  const { log } = build;
  context.emit({ type: 'attempt-started', target: target.name, attempt: number, of: limits.attempts, log });
  const stop = () => build.stop();
  context.stop.addEventListener('abort', stop, { once: true });
  if (context.stop.aborted) stop();
  const watching = watch(target, build, context);
  const { exit, seconds, excerpt, throttledAtStart, ...ended } = await build.ended;
  const gone = await watching;
  const reported = gone === undefined || !ended.failure ? ended.failure : deregistered(gone, excerpt);
  context.stop.removeEventListener('abort', stop);
  outcome.seconds += seconds;
  if (reported) failing.failed(target.name);
  const sighting = reported && reported.kind !== 'stopped' ? await lookup() : undefined;
  const failure = reported && withAwsReason(reported, sighting?.awsReasons ?? [], build.id);
  outcome.failure = failure ?? { ...noSuchAmi, ...excerpt };
  const error = failure ? { error: failure } : {};
  if (throttledAtStart && outcome.throttled < throttledPauses.length) outcome.throttled++;
  const hasMore = countedAttempts(outcome) < limits.attempts;
  const again = failure?.kind === 'transient' && hasMore && !failing.startsNothing();
  const retry = again ? { retryIn: pauseBeforeRetry(outcome, context) / 1000 } : {};
  context.emit({
    type: 'attempt-ended',
    target: target.name,
    attempt: number,
    exit,
    seconds,
    ...error,
    ...retry,
  });
  return sighting;
}

/** Packer exits 0 even if it has deregistered the AMI again; the next lookup shows whether it exists. */
const noSuchAmi: BuildFailure = {
  kind: 'other',
  message: 'Packer reported success (exit 0), but AWS has no such AMI',
};

/**
 * The build is retried, since an AMI that should exist is missing. Current Packer fails by itself in this case, and that is
 * retried as well.
 */
const deregistered = (ami: string, excerpt: BuildEnd['excerpt']): BuildFailure => ({
  kind: 'transient',
  message: `${ami} was deregistered by somebody else while Packer waited for it: Packer was stopped`,
  ...excerpt,
});

/**
 * Emits Packer's progress until it ends.
 *
 * @returns the AMI that somebody deregistered while Packer waited for it; Packer has been stopped then.
 */
async function watch(target: Target, build: RunningBuild, context: Context): Promise<string | undefined> {
  const watchAmi = amiWatcher(target, build, context);
  let gone: string | undefined;
  const over = new AbortController();
  const end = () => over.abort();
  build.ended.then(end, end);
  let last: string | undefined;
  while (!over.signal.aborted) {
    const doing = await build.doing();
    if (doing !== undefined && doing !== last)
      context.emit({ type: 'attempt-progress', target: target.name, text: doing });
    last = doing;
    if (gone === undefined && !context.stop.aborted) {
      gone = await watchAmi();
      if (gone !== undefined) build.stop();
    }
    await context.clock.sleep(500, over.signal);
  }
  return gone;
}
