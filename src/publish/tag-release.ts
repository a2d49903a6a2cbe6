import { exitStatus, withPart } from '../lib/exit-status.ts';
import type { Result, TagOutcome } from '../model/events.ts';
import { tagKeys } from '../model/resource-names.ts';
import type { Verdict } from '../observe/verify.ts';

/** Makes the tag of a release, given the commits that its AMIs name; undefined for one that names none. */
export type TagRelease = (commits: ReadonlySet<string | undefined>) => Promise<TagOutcome>;

/**
 * The result of a run, with the git tag of the release once it is complete: shared, recorded, and nothing of it failed. A tag that
 * cannot be made or pushed makes the run a failed one; the next run does it.
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
