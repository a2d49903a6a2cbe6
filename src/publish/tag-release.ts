import { exitStatus, withPart } from '../lib/exit-status.ts';
import type { Result, TagOutcome } from '../model/events.ts';
import { tagKeys } from '../model/resource-names.ts';
import type { Verdict } from '../observe/verify.ts';

/** Creates the git tag of a release from the commits that its AMIs name; undefined for an AMI that names none. */
export type TagRelease = (commits: ReadonlySet<string | undefined>) => Promise<TagOutcome>;

/**
 * Adds the git tag of the release to a run's result once the release is complete: shared, recorded, without failures. If the
 * tag cannot be created or pushed, the run has failed; the next run does it.
 */
export async function withTag(
  result: Result,
  complete: readonly Verdict[],
  tagRelease: TagRelease | undefined,
): Promise<Result> {
  const isDone = result.exit === exitStatus.done || result.exit === exitStatus.partial;
  if (!tagRelease || !result.complete || !isDone) return result;
  const commits = complete.map(({ status }) =>
    'ami' in status ? status.ami.tags[tagKeys.commit] : undefined,
  );
  const git = await tagRelease(new Set(commits));
  return { ...result, exit: withPart(result.exit, { failed: git.is === 'failed' }), git };
}
