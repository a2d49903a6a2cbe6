import { definedOnly } from '../lib/defined-only.ts';
import { exitStatus } from '../lib/exit-status.ts';
import type { Result } from '../model/events.ts';
import type { News, Outcome } from '../model/notification-output.ts';
import type { ReleasePlan } from '../model/release-plan.ts';

/**
 * The outcome of a publish run, as it is sent; undefined if there is none: the run was interrupted, or finished its part of an
 * incomplete release. Pure.
 *
 * @param seconds how long the run took.
 */
export function newsOfPublish(
  { publication, version, account }: Pick<ReleasePlan, 'publication' | 'version' | 'account'>,
  result: Result,
  { seconds, rehearsal, candidate }: { seconds: number; rehearsal: boolean; candidate: boolean },
): News | undefined {
  const outcome = outcomeOf(result);
  if (outcome === undefined) return undefined;
  const { release, targets, shared, recorded, next, git } = result;
  const problems = problemsOf(result);
  const isTagged = git?.is === 'made' || git?.is === 'there';
  return {
    outcome,
    release,
    publication,
    version,
    account,
    ...(candidate ? { candidate: true } : {}),
    ...(rehearsal ? { rehearsal: true } : {}),
    regions: [...new Set(targets.map(({ region }) => region))],
    targets: targets.map(({ name, region, status, ami, bestEffort, error }) => ({
      name,
      region,
      status,
      ...definedOnly({ ami, bestEffort, error: error?.message }),
    })),
    ...(problems.length > 0 ? { problems } : {}),
    ...definedOnly({ commit: git?.commit, tag: isTagged ? git.tag : undefined }),
    shared,
    recorded,
    seconds: Math.round(seconds * 10) / 10,
    next,
  };
}

function outcomeOf({ exit, complete }: Result): Outcome | undefined {
  if (exit === exitStatus.failed) return 'failed';
  if (!complete) return undefined;
  if (exit === exitStatus.done) return 'published';
  return exit === exitStatus.partial ? 'partial' : undefined;
}

/** Failures of a release besides its targets, one sentence each. */
function problemsOf({ records = [], parameters, lifecycle = [], git }: Result): string[] {
  return [
    ...records.flatMap((one) => (one.is === 'failed' ? `${one.file} was not written: ${one.why}` : [])),
    ...(parameters?.each ?? []).flatMap(({ name, region, outcome, why = '' }) =>
      outcome === 'failed' ? `parameter ${name} in ${region} was not written: ${why}` : [],
    ),
    ...lifecycle.flatMap(({ change, name, outcome, why = '' }) =>
      outcome === 'failed' ? `${change} of ${name} was not changed: ${why}` : [],
    ),
    ...(git?.is === 'failed' ? [`git tag ${git.tag}: ${git.why ?? ''}`] : []),
  ];
}
