import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../sandbox/testing/index.ts';
import { checkGit } from '../../src/commands/git-of-release.ts';
import type { OpenRelease } from '../../src/commands/open-release.ts';
import type { Publication } from '../../src/model/publication.ts';

/** A clone with one commit, whose remote does not answer. */
function cloneOfNothing(): string {
  const folder = temporaryFolder();
  const git = (...words: string[]) => execFileSync('git', words, { cwd: folder });
  git('init', '--quiet');
  const as = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
  git(...as, 'commit', '--quiet', '--allow-empty', '--message', 'First');
  git('remote', 'add', 'origin', 'http://127.0.0.1:1/nothing.git');
  return folder;
}

it.each([
  [{ pushed: true }, false, 'git.pushed', 'the commit at the remote'],
  [{ pushed: false, tag: 'release/1.0.0' }, true, 'git.tag', 'no other tag of that name at the remote'],
])(
  'a rehearsal does not ask the remote and says so: %j, --push %s',
  async (settings, push, place, expected) => {
    const cwd = cloneOfNothing();
    const publication = {
      name: 'web',
      file: 'configs/web.json',
      folder: cwd,
      git: { clean: false, patterns: {}, ...settings },
    } as unknown as Publication;
    const check = (sandbox: object) =>
      checkGit({ publication, ...sandbox } as OpenRelease, { cwd, environment: process.env }, { push });
    const all = { check: 'git', stops: 'building', place: `configs/web.json: ${place}` };
    expect(await check({ sandbox: {} })).toEqual([
      {
        ...all,
        is: 'not-checked',
        expected,
        found: 'a rehearsal, which asks no remote',
        todo: 'Outside a rehearsal this is checked',
      },
    ]);
    expect(await check({})).toMatchObject([
      { ...all, is: 'refused', found: expect.stringContaining('no answer from origin') },
    ]);
  },
);
