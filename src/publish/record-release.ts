import type { Context } from '../aws/context.ts';
import { exitStatus } from '../lib/actionable-error.ts';
import type { ParameterOutcome, ParametersWritten, RecordOutcome, Result } from '../model/events.ts';
import type { ReleasePlan } from '../model/release-plan.ts';
import type { Verdict } from '../observe/verify.ts';
import { wantedParameters } from '../parameters/look.ts';
import { heldParameters, writeParameters } from '../parameters/write.ts';
import { type Destination, record } from '../record/record.ts';
import { withRecords } from '../record/result-with-record.ts';
import { type TagRelease, withTag } from './tag-release.ts';

export interface RecordOptions {
  /** The files that the AMIs are recorded in; none where absent. */
  recordTo?: readonly Destination[];
  /** Whether SSM parameters that hold somebody else's value may be overwritten. */
  takeOverParameters?: boolean;
  /** Makes the git tag of the release, last of all; absent where the config names none. */
  tagRelease?: TagRelease | undefined;
}

/**
 * Records a release once every required target is complete: parameters that have a version in their name, files, and last of all
 * parameters that follow the newest release; then the release is tagged in git.
 *
 * @param complete the targets that were last seen verified and shared exactly as configured.
 */
export async function recordRelease(
  plan: ReleasePlan,
  done: Result,
  complete: readonly Verdict[],
  { recordTo = [], takeOverParameters = false, tagRelease }: RecordOptions,
  context: Context,
): Promise<Result> {
  const finished = new Set(complete.map(({ target }) => target.name));
  const missing = plan.targets.filter(({ name, required }) => required && !finished.has(name));
  const wanted = missing.length > 0 ? [] : wantedParameters(complete);
  const options = { takeOver: takeOverParameters };
  const versions = wanted.filter(({ newest }) => !newest);
  const written = await writeParameters(plan, versions, options, context);
  const files: RecordOutcome[] = [];
  for (const to of recordTo) files.push(await record(plan, complete, to, context.emit));
  const follows = wanted.filter(({ newest }) => newest);
  const required = new Set(plan.targets.flatMap((target) => (target.required ? [target.name] : [])));
  const failed = written.find((one) => required.has(one.target) && isOpen(one));
  const moved = failed
    ? heldParameters(follows, `${failed.name} in ${failed.region} could not be written`)
    : await writeParameters(plan, follows, options, context);
  const recorded: Result = {
    ...withRecords(done, files),
    ...(missing.length === 0 ? { complete: true } : {}),
  };
  if (!plan.targets.some(({ parameters = [] }) => parameters.length > 0))
    return withTag(recorded, complete, tagRelease);
  const parameters = { missing: missing.map(({ name }) => name), each: [...written, ...moved] };
  return withTag(withParameters(recorded, parameters, required), complete, tagRelease);
}

const isOpen = ({ outcome }: ParameterOutcome): boolean => outcome === 'failed' || outcome === 'held';

/**
 * A run's result with what came of the parameters. It has failed where one of a required target could not be written, or where it
 * was to complete the release and did not. Pure.
 */
export function withParameters(
  result: Result,
  parameters: ParametersWritten,
  required: ReadonlySet<string>,
): Result {
  const chosen = result.targets.map(({ name }) => name);
  const { missing, each } = parameters;
  const open = each.filter(isOpen);
  const failed =
    open.some(({ target }) => required.has(target)) ||
    (missing.length > 0 && missing.every((name) => chosen.includes(name)));
  const { exit: before } = result;
  const partial = open.length > 0 && before === exitStatus.done ? exitStatus.partial : before;
  const exit = failed && before !== exitStatus.interrupted ? exitStatus.failed : partial;
  return { ...result, exit, parameters };
}
