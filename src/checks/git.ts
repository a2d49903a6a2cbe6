import type { RefusalCode } from '../lib/refusal-codes.ts';
import type { GitSeen, GitSettings, GitState } from '../model/git.ts';
import type { Finding, Place } from './finding.ts';

/** `place`: of a key of "git" in the config, with its file. `push`: whether the tag is pushed, too. */
interface Asked {
  settings: GitSettings;
  push: boolean;
  place(key?: string): string;
  /** A rehearsal spends nothing: a refusal is only a warning, and no remote is asked. */
  rehearsal: boolean;
}

/** Whether a release may be built from the checked-out commit. Runs before anything is spent. Pure. */
export function judgeGit(seen: GitSeen, asked: Asked): Finding[] {
  const at = (key?: string): Place => ({ check: 'git', place: asked.place(key), stops: 'building' });
  const found =
    'why' in seen ? [noGit(seen.why, at())] : [...troublesOf(seen, asked, at), ...notAsked(asked, at)];
  if (found.length === 0) return [{ check: 'git', stops: 'building', is: 'ok' }];
  if (!asked.rehearsal) return found;
  return found.map((one) => {
    if (one.is !== 'refused') return one;
    const { code: _, ...rest } = one;
    return { ...rest, is: 'warning', todo: `${one.todo}. Outside a rehearsal nothing would be built` };
  });
}

const refused = (
  place: Place,
  code: RefusalCode,
  expected: string,
  found: string,
  todo: string,
): Finding => ({
  ...place,
  is: 'refused',
  code,
  expected,
  found,
  todo,
});

const noGit = (why: string, place: Place): Finding =>
  refused(
    place,
    'git-unavailable',
    'a git repository with a commit, since the config has "git"',
    why,
    'Install git and run this in a clone, or remove "git" from the config',
  );

/** A rehearsal needs no network, so it does not ask whether the remote has the commit, or the tag at another commit. */
function notAsked({ settings, push, rehearsal }: Asked, at: (key?: string) => Place): Finding[] {
  if (!rehearsal || !(settings.pushed || push)) return [];
  return [
    {
      ...at(settings.pushed ? 'pushed' : 'tag'),
      is: 'not-checked',
      expected: settings.pushed ? 'the commit at the remote' : 'no other tag of that name at the remote',
      found: 'a rehearsal, which asks no remote',
      todo: 'Outside a rehearsal this is checked',
    },
  ];
}

function troublesOf(seen: GitState, { settings, push }: Asked, at: (key?: string) => Place): Finding[] {
  const { commit, changed, remote } = seen;
  const { tag = '' } = settings;
  const here = short(commit);
  const taken = (where: string, other: string, remove: string): Finding =>
    refused(
      at('tag'),
      'git-tag-taken',
      `the tag ${tag} at ${here}, which is checked out, or no such tag`,
      `it at ${short(other)}${where}`,
      `Raise "version"; or check out that commit (git checkout ${tag}); or delete the tag if it is wrong (${remove})`,
    );
  const isOther = (other: string | undefined): other is string => other !== undefined && other !== commit;
  const remoteTag = remote && 'has' in remote ? remote.tag : undefined;
  const remoteName = remote?.name ?? 'the remote';
  return [
    ...(settings.clean && changed.length > 0
      ? [
          refused(
            at('clean'),
            'git-not-clean',
            `${here} without changes`,
            `${changed.length} changed: ${namesOf(changed)}`,
            'Commit or stash it (git status, git stash)',
          ),
        ]
      : []),
    ...(remote && 'why' in remote && (settings.pushed || push)
      ? [
          refused(
            at(settings.pushed ? 'pushed' : 'tag'),
            'git-not-pushed',
            'a remote that answers',
            remote.why,
            "To see git's error: git ls-remote",
          ),
        ]
      : []),
    ...(settings.pushed && remote && 'has' in remote && !remote.has
      ? [
          refused(
            at('pushed'),
            'git-not-pushed',
            `${here} at ${remoteName}`,
            'no branch that contains it, as far as git knows',
            'Push it (git push); or, if the remote has moved on, git fetch',
          ),
        ]
      : []),
    ...(isOther(seen.tag) ? [taken('', seen.tag, `git tag -d ${tag}`)] : []),
    ...(isOther(remoteTag) && remoteTag !== seen.tag
      ? [taken(` of ${remoteName}`, remoteTag, `git push ${remoteName} :refs/tags/${tag}`)]
      : []),
  ];
}

const short = (commit: string): string => commit.slice(0, 12);

const namesOf = (paths: readonly string[]): string =>
  `${paths.slice(0, 5).join(', ')}${paths.length > 5 ? `, and ${paths.length - 5} more` : ''}`;
