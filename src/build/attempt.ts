import type { Context } from '../aws/context.ts';
import type { BuildLimits, BuildOutcome } from '../model/build-outcome.ts';
import type { BuildFailure, RunningBuild } from '../model/builds.ts';
import type { Target } from '../model/release-plan.ts';
import type { Sighting } from '../model/sighting.ts';
import { withAwsReason } from '../observe/aws-reason.ts';
import type { FailFast } from './fail-fast.ts';

/** Before a build is tried again. Milliseconds. */
export const transientPause = 15_000;

/**
 * Run Packer once for a target, and note what came of it. Whether it may be started is asked when its turn has come: by then
 * another target may have failed. After a failure it is looked at what there is now, for the reason that AWS gives, while the
 * failed AMI and the ended instance are still shown.
 *
 * @returns what was seen then; undefined where nobody has looked.
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
    // A full disk, say. Nothing was started; the other targets go on.
    outcome.failure = { kind: 'other', message: `Packer could not be started: ${error.message}` };
  });
  if (!build) return undefined;
  outcome.log = build.log;
  const { attempts: number, log } = outcome;
  context.emit({ type: 'attempt-started', target: target.name, attempt: number, of: limits.attempts, log });
  const stop = () => build.stop();
  context.stop.addEventListener('abort', stop, { once: true });
  if (context.stop.aborted) stop();
  const watching = watch(target, build, context);
  const { exit, seconds, failure: said, excerpt } = await build.ended;
  await watching;
  context.stop.removeEventListener('abort', stop);
  outcome.seconds += seconds;
  if (said) failing.failed(target.name);
  const sighting = said && said.kind !== 'stopped' ? await lookup() : undefined;
  const failure = said && withAwsReason(said, sighting?.awsReasons ?? [], build.id);
  outcome.failure = failure ?? { ...unbelieved, ...excerpt };
  const error = failure ? { error: failure } : {};
  const again = failure?.kind === 'transient' && number < limits.attempts && !failing.startsNothing();
  const retry = again ? { retryIn: transientPause / 1000 } : {};
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

/** Packer exits 0 even where it has deregistered the AMI again; the next look tells. */
const unbelieved: BuildFailure = {
  kind: 'other',
  message: 'Packer said that it succeeded (exit 0), and AWS has no such AMI',
};

/** Say what Packer is doing, until it has ended. */
async function watch(target: Target, build: RunningBuild, context: Context): Promise<void> {
  const over = new AbortController();
  void build.ended.finally(() => over.abort());
  let last: string | undefined;
  while (!over.signal.aborted) {
    const doing = await build.doing();
    if (doing !== undefined && doing !== last)
      context.emit({ type: 'attempt-progress', target: target.name, text: doing });
    last = doing;
    await context.clock.sleep(500, over.signal);
  }
}
