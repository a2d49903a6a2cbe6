import { commitOfTag, lookAtRemote } from './look.ts';
import { type GitPlace, git, saidBy } from './run-git.ts';

export interface TagOrder {
  tag: string;
  /** In full. */
  commit: string;
  message: string;
  /** Whether the remote gets it, too. */
  push: boolean;
}

/** The outcome for a tag. `pushed`: the remote has it now; absent if nobody asked for that. */
export type Tagged = { is: 'made' | 'there'; pushed?: true } | { is: 'failed'; why: string };

/**
 * Creates an annotated tag and, if asked, pushes it. A tag at the same commit is left alone; one at another commit is never moved. Run
 * again, it does what is missing.
 */
export async function tagRelease(place: GitPlace, order: TagOrder): Promise<Tagged> {
  const { tag, commit, push } = order;
  const there = await commitOfTag(place, tag);
  if (there !== undefined && there !== commit) return failed(`${tag} is already at ${short(there)}`);
  if (there === undefined) {
    const why = await makeTag(place, order);
    if (why !== undefined) return failed(why);
  }
  const is = there === undefined ? 'made' : 'there';
  if (!push) return { is };
  const why = await pushTag(place, order);
  return why === undefined ? { is, pushed: true } : failed(why);
}

const failed = (why: string): Tagged => ({ is: 'failed', why });

/** As messages show a commit. */
export const short = (commit: string): string => commit.slice(0, 12);

/** If git has no identity, as on many CI runners, the tagger is gopackgo. */
async function makeTag(place: GitPlace, { tag, commit, message }: TagOrder): Promise<string | undefined> {
  const who = await git(place, ['config', '--get', 'user.email']);
  const isKnown = place.environment.GIT_COMMITTER_EMAIL || (!('why' in who) && who.exit === 0);
  const as = isKnown ? [] : ['-c', 'user.name=gopackgo', '-c', 'user.email=gopackgo@localhost'];
  const made = await git(place, [...as, 'tag', '--annotate', '--message', message, '--', tag, commit]);
  if ('why' in made) return made.why;
  return made.exit === 0 ? undefined : `git tag failed: ${saidBy(made)}`;
}

async function pushTag(place: GitPlace, { tag, commit }: TagOrder): Promise<string | undefined> {
  const remote = await lookAtRemote(place, commit, tag);
  if ('why' in remote) return `not pushed: found ${remote.why}`;
  if (remote.tag !== undefined) {
    return remote.tag === commit
      ? undefined
      : `not pushed: ${remote.name} has ${tag} at ${short(remote.tag)}`;
  }
  const pushed = await git(
    place,
    ['push', '--quiet', remote.name, `refs/tags/${tag}:refs/tags/${tag}`],
    'remote',
  );
  if ('why' in pushed) return `not pushed: found ${pushed.why}`;
  return pushed.exit === 0 ? undefined : `not pushed: ${saidBy(pushed)}`;
}
