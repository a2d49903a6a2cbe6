import type { Context } from '../aws/context.ts';
import type { BuildOutcome } from '../build/build.ts';
import { exitStatus } from '../lib/actionable-error.ts';
import { definedOnly } from '../lib/defined-only.ts';
import type { Result, ResultTarget } from '../model/events.ts';
import type { LeftOut, ReleasePlan } from '../model/release-plan.ts';
import { isPrivate } from '../observe/permission-changes.ts';
import { isComplete, isVerified, type Verdict } from '../observe/verify.ts';
import type { ShareFailure } from '../share/share.ts';
import { resultTarget } from './result-target.ts';

/**
 * The result of a run, for the chosen targets and for others whose sharing failed. Pure, except that it checks whether the user
 * asked to stop.
 */
export function result(
  plan: ReleasePlan,
  { chosen, folder }: { chosen: ReadonlySet<string>; folder: string },
  built: readonly BuildOutcome[],
  verdicts: readonly Verdict[],
  failures: readonly ShareFailure[],
  { stop }: Pick<Context, 'stop'>,
): Result {
  const reported = new Set([...chosen, ...failures.map(({ target }) => target)]);
  const targets = [
    ...verdicts
      .filter(({ target }) => reported.has(target.name))
      .map((verdict) => {
        const outcome = built.find(({ target }) => target.name === verdict.target.name);
        return resultTarget(plan, verdict, outcome, failures, stop.aborted);
      }),
    ...(plan.leftOut ?? []).filter(({ name }) => reported.has(name)).map(leftOutTarget),
  ];
  const sharing = !isPrivate(plan.sharing);
  const required = verdicts.filter(({ target }) => target.required);
  const shared = sharing && required.every((verdict) => isComplete(verdict, plan));
  const isWhole = plan.targets.every(({ name }) => chosen.has(name));
  const missing = targets.filter(({ error, status }) => error !== undefined || !isVerified({ is: status }));
  const exit = publishExit({
    stopped: stop.aborted,
    failed: missing.some(({ bestEffort }) => !bestEffort) || (sharing && isWhole && !shared),
    partial: missing.length > 0,
  });
  return {
    type: 'result',
    format: 2,
    release: plan.release,
    exit,
    targets,
    shared,
    recorded: false,
    folder,
    next: [],
  };
}

function publishExit({ stopped, failed, partial }: { stopped: boolean; failed: boolean; partial: boolean }) {
  if (stopped) return exitStatus.interrupted;
  if (failed) return exitStatus.failed;
  return partial ? exitStatus.partial : exitStatus.done;
}

/** Nothing was looked up, so its status is unknown. */
const leftOutTarget = ({ name, region, why, failedCall }: LeftOut): ResultTarget => ({
  name,
  region,
  status: 'unknown',
  bestEffort: true,
  attempts: 0,
  seconds: 0,
  error: { kind: 'left out', message: `skipped: ${why}`, ...definedOnly({ failedCall }) },
});
