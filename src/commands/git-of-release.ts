import { join } from 'node:path';
import type { Finding } from '../checks/finding.ts';
import { judgeGit } from '../checks/git.ts';
import { lookAtGit } from '../git/look.ts';
import { short, type Tagged, tagRelease } from '../git/tag.ts';
import { ActionableError } from '../lib/actionable-error.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { located } from '../lib/origins.ts';
import type { TagOutcome } from '../model/events.ts';
import type { Publication } from '../model/publication.ts';
import { gitPlace } from './git-place.ts';
import type { Host } from './host.ts';
import type { OpenRelease } from './open-release.ts';

type Release = Pick<OpenRelease, 'publication' | 'plan' | 'sandbox'>;
type Here = Pick<Host, 'cwd' | 'environment'>;

/** Git's findings before a release is built; none if its config has no "git". */
export async function checkGit(
  { publication, sandbox }: Release,
  host: Here,
  { push }: { push: boolean },
): Promise<Finding[]> {
  const { git: settings, record = [] } = publication;
  if (settings === undefined) return [];
  const own = ['.gopackgo', ...record.map(({ file }) => file)].map((path) => join(host.cwd, path));
  const seen = await lookAtGit(gitPlace(publication, host), {
    changes: settings.clean,
    remote: (settings.pushed || push) && sandbox === undefined,
    own,
    ...definedOnly({ tag: settings.tag }),
  });
  return judgeGit(seen, {
    settings,
    push,
    place: (key) => located(publication, key === undefined ? 'git' : `git.${placeOf(key, publication)}`),
    rehearsal: sandbox !== undefined,
  });
}

const placeOf = (key: string, { candidate }: Publication): string =>
  key === 'tag' && candidate ? 'candidateTag' : key;

/** Creates the git tag of a published release; undefined if the config names none. */
export function releaseTagger(
  { publication, plan, sandbox }: Release,
  host: Here,
  { push }: { push: boolean },
): ((commits: ReadonlySet<string | undefined>) => Promise<TagOutcome>) | undefined {
  const tag = publication.git?.tag;
  if (tag === undefined) return undefined;
  return async (commits) => {
    const commit = releaseCommit(commits, plan.commit);
    if ('why' in commit) return { tag, is: 'unknown', ...commit };
    if (sandbox) return { tag, is: 'rehearsed', ...commit };
    const order = { tag, ...commit, message: plan.release, push };
    const tagged: Tagged = await tagRelease(gitPlace(publication, host), order);
    return { tag, ...commit, ...tagged };
  };
}

/** The commit of a release: the one that its AMIs name, or the checked-out one if they name several including it. Pure. */
export function releaseCommit(
  commits: ReadonlySet<string | undefined>,
  head: string | undefined,
): { commit: string } | { why: string } {
  const named = [...commits].filter((commit) => commit !== undefined);
  if (named.length === 0 || commits.has(undefined)) {
    return {
      why: 'not every AMI says which commit it was built from: some were built before "git" was in the config',
    };
  }
  const [first = '', ...others] = named;
  if (others.length === 0) return { commit: first };
  if (head !== undefined && commits.has(head)) return { commit: head };
  return {
    why: `the AMIs were built from several commits (${named.map(short).join(', ')}), none of them checked out`,
  };
}

/** @throws ActionableError (2) for `--push` if the config names no tag. */
export function refusePushOfNothing({ push }: { push: boolean }, { git, file }: Publication): void {
  if (!push || Object.keys(git?.patterns ?? {}).length > 0) return;
  throw new ActionableError('usage-error', {
    place: '--push',
    expected: `a git tag in ${file}, such as "git": {"tag": "release/{version}"}`,
    found: 'none',
  });
}
