import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { definedOnly } from '../lib/defined-only.ts';
import type { GitSeen, RemoteSeen } from '../model/git.ts';
import { commitIn, type GitPlace, git, saidBy } from './run-git.ts';

/** The full commit id of HEAD in a folder's repository, or why there is none. */
export async function headCommit(place: GitPlace): Promise<{ commit: string } | { why: string }> {
  const head = await git(place, ['rev-parse', '--verify', 'HEAD^{commit}']);
  if ('why' in head) return head;
  const commit = commitIn(head.output);
  if (head.exit === 0 && commit !== undefined) return { commit };
  if (/not a git repository/.test(head.output)) return { why: 'no git repository' };
  if (/Needed a single revision/.test(head.output)) return { why: 'a repository without a commit' };
  return { why: `a git error: ${saidBy(head)}` };
}

/**
 * Looks at the source of a release. Changes nothing, neither here nor at the remote.
 *
 * @param asks `changes`, `remote`: whether to look at these. `own`: files and folders, absolute, that publishing itself writes
 * and that do not count as changes. `tag`: the name of the release's tag.
 */
export async function lookAtGit(
  place: GitPlace,
  asks: { changes: boolean; remote: boolean; own: readonly string[]; tag?: string },
): Promise<GitSeen> {
  const head = await headCommit(place);
  if ('why' in head) return head;
  const { commit } = head;
  const [changed, tag, remote] = await Promise.all([
    asks.changes ? changesIn(place, asks.own) : [],
    asks.tag === undefined ? undefined : commitOfTag(place, asks.tag),
    asks.remote ? lookAtRemote(place, commit, asks.tag) : undefined,
  ]);
  return 'why' in changed ? changed : { commit, changed, ...definedOnly({ tag, remote }) };
}

/** The commit of a local tag; undefined if there is no such tag. */
export async function commitOfTag(place: GitPlace, tag: string): Promise<string | undefined> {
  const answer = await git(place, ['rev-parse', '--verify', '--quiet', `refs/tags/${tag}^{commit}`]);
  return 'why' in answer ? undefined : commitIn(answer.output);
}

async function changesIn(place: GitPlace, own: readonly string[]): Promise<string[] | { why: string }> {
  const top = await git(place, ['rev-parse', '--show-toplevel']);
  const status = await git(place, ['status', '--porcelain=v1', '--untracked-files=normal']);
  if ('why' in top) return top;
  if ('why' in status) return status;
  const failed = [top, status].find(({ exit }) => exit !== 0);
  if (failed) return { why: `a git error: ${saidBy(failed)}` };
  const root = top.output.trim();
  const ours = own.map(realPath);
  const paths = status.output.split('\n').flatMap((line) => {
    const [, path] = /^[ MTADRCU?!]{2} (.+)$/.exec(line) ?? [];
    return path === undefined ? [] : [path];
  });
  return paths.filter((path) => {
    const absolute = join(root, path).replace(/\/$/, '');
    return !ours.some((one) => isOf(one, absolute));
  });
}

/** A file, the content of a folder, and the remains of writing it in a killed run. Pure. */
const isOf = (own: string, path: string): boolean =>
  path === own || path.startsWith(`${own}/`) || (path.startsWith(`${own}.`) && path.endsWith('.part'));

/** For a file that does not exist yet: its folder's real path, with its name. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** `origin`, or the only remote. */
async function remoteName(place: GitPlace): Promise<{ name: string } | { why: string }> {
  const answer = await git(place, ['remote']);
  if ('why' in answer) return answer;
  if (answer.exit !== 0) return { why: `a git error: ${saidBy(answer)}` };
  const names = answer.output.trim().split('\n').filter(Boolean);
  const name = names.includes('origin') ? 'origin' : names.length === 1 ? names[0] : undefined;
  if (name !== undefined) return { name };
  return {
    why: names.length === 0 ? 'no remote' : `several remotes (${names.join(', ')}), none of them "origin"`,
  };
}

/**
 * Asks the remote for its branches and tags. It has the commit if one of them points to it, or if this clone knows it in the
 * history of a branch that is unchanged at the remote. For a branch that has moved since the last fetch this is unknown.
 */
export async function lookAtRemote(place: GitPlace, commit: string, tag?: string): Promise<RemoteSeen> {
  const remote = await remoteName(place);
  if ('why' in remote) return remote;
  const { name } = remote;
  const listed = await git(place, ['ls-remote', '--quiet', '--heads', '--tags', name], 'remote');
  if ('why' in listed) return { name, why: listed.why };
  if (listed.exit !== 0) return { name, why: `no answer from ${name}: ${saidBy(listed)}` };
  const refs = new Map(
    [...listed.output.matchAll(/^([0-9a-f]{40,64})\t(refs\/\S+)$/gm)].map(([, at = '', ref = '']) => [
      ref,
      at,
    ]),
  );
  const tips = new Set(refs.values());
  const there =
    tag === undefined ? undefined : (refs.get(`refs/tags/${tag}^{}`) ?? refs.get(`refs/tags/${tag}`));
  const has = tips.has(commit) || (await isBelow(place, commit, tips));
  return { name, has, ...definedOnly({ tag: there }) };
}

/** Whether a commit is in the history of one of these tips that this clone knows. */
async function isBelow(place: GitPlace, commit: string, tips: ReadonlySet<string>): Promise<boolean> {
  const known = await git(place, [
    'for-each-ref',
    '--format=%(objectname)',
    '--contains',
    commit,
    'refs/remotes',
    'refs/heads',
  ]);
  return !('why' in known) && known.exit === 0 && known.output.split('\n').some((tip) => tips.has(tip));
}
