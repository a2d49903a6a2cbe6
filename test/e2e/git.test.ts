import { execFileSync } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { resultOf } from './events.ts';
import { newProject, type Project, type RunningSandbox } from './project.ts';
import { stateOf } from './state.ts';

let project: Project;
let sandbox: RunningSandbox;
let first: string;

/** As a person would, without the machine's own settings. */
const git = (...words: string[]): string =>
  execFileSync('git', words, {
    cwd: project.folder,
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      HOME: project.folder,
      GIT_AUTHOR_NAME: 'Ada',
      GIT_AUTHOR_EMAIL: 'ada@example.com',
      GIT_COMMITTER_NAME: 'Ada',
      GIT_COMMITTER_EMAIL: 'ada@example.com',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
const atRemote = (ref: string): string => git('ls-remote', 'origin', ref).split('\t')[0] ?? '';
const run = (...words: string[]) => project.run(words, sandbox.environment);
const commit = (): string => {
  git('add', '-A');
  git('commit', '-qm', 'A change');
  return git('rev-parse', 'HEAD');
};

beforeAll(async () => {
  project = await newProject();
  sandbox = await project.sandbox();
  await project.config('test-ebs', (config) => {
    config.record = 'ids.json';
    config.git = { clean: true, pushed: true, tag: 'release/{version}', candidateTag: 'candidate/{version}' };
  });
  git('init', '-q', '--bare', 'remote.git');
  git('init', '-q', '-b', 'main');
  git('remote', 'add', 'origin', project.path('remote.git'));
  await writeFile(project.path('.gitignore'), 'remote.git\nsandbox.err\n.cache\n');
  first = commit();
  git('push', '-q', 'origin', 'main');
});
afterAll(() => project.remove());

const said = async (what: RegExp, code: string, ...others: string[]) => {
  for (const verb of others) {
    const shown = await run(verb, 'test-ebs');
    expect([shown.exit, shown.stdout]).toEqual([4, expect.stringMatching(what)]);
  }
  const refused = await run('publish', 'test-ebs', '--yes', '--json');
  expect(refused.exit).toBe(4);
  expect(JSON.parse(refused.stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
    type: 'refused',
    code,
  });
  expect(refused.stderr).toMatch(what);
};

it('builds nothing from uncommitted changes, an unpushed commit, or one other than the tagged commit', async () => {
  await writeFile(project.path('configs/new.txt'), 'x');
  await said(/git\.clean.*1 changed: configs\/new\.txt/s, 'git-not-clean', 'plan', 'doctor');
  const rehearsed = await project.run(['plan', 'test-ebs', '--sandbox']);
  expect([rehearsed.exit, rehearsed.stdout]).toEqual([
    0,
    expect.stringContaining('Outside a rehearsal nothing would be built'),
  ]);
  const second = commit();
  await said(/git\.pushed.*no branch that contains it, as far as git knows/s, 'git-not-pushed');
  git('push', '-q', 'origin', 'main');
  git('tag', 'release/1.0.0', first);
  await said(new RegExp(`git\\.tag.*it at ${first.slice(0, 12)}`, 's'), 'git-tag-taken');
  git('tag', '-d', 'release/1.0.0');
  git('remote', 'set-url', 'origin', 'https://ada:hunter2hunter2@127.0.0.1:1/nothing.git');
  const unreachable = await run('plan', 'test-ebs');
  expect(unreachable.exit).toBe(4);
  expect(unreachable.stdout).toContain('no answer from origin');
  expect(`${unreachable.stdout}${unreachable.stderr}`).not.toContain('hunter2');
  git('remote', 'set-url', 'origin', project.path('remote.git'));
  expect(git('rev-parse', 'HEAD')).toBe(second);
  expect((await sandbox.calls()).map(({ operation }) => operation)).not.toContain('RunInstances');
});

it('tags AMIs with the commit and the commit with the release, pushes the tag only with --push, and resumes', async () => {
  const head = git('rev-parse', 'HEAD');
  // A run started by a hook of another repository uses its own repository.
  const published = await project.run(['publish', 'test-ebs', '--yes', '--json'], {
    ...sandbox.environment,
    GIT_DIR: project.path('remote.git'),
  });
  expect(published.exit, published.stderr).toBe(0);
  const { amis } = await stateOf(sandbox.clients);
  expect(amis.map(({ tags }) => tags['gopackgo:commit'])).toEqual([head, head]);
  const result = resultOf(published);
  expect(result.git).toEqual({ tag: 'release/1.0.0', is: 'made', commit: head });
  expect(result.next[0]).toBe('gopackgo publish test-ebs --push   pushes the git tag');
  expect(git('cat-file', '-t', 'release/1.0.0')).toBe('tag');
  expect(git('log', '-1', '--format=%H', 'release/1.0.0')).toBe(head);
  expect(git('for-each-ref', '--format=%(taggername) %(subject)', 'refs/tags')).toBe(
    'gopackgo test-ebs@1.0.0',
  );
  expect(atRemote('refs/tags/release/1.0.0')).toBe('');

  // Later commits do not matter: nothing has to be built, so git is not checked, and the tag stays where it is.
  await writeFile(project.path('later.txt'), 'not committed');
  commit();
  await writeFile(project.path('later.txt'), 'nor this');
  const pushed = await run('publish', 'test-ebs@release/1.0.0', '--yes', '--push', '--json');
  expect(pushed.exit, pushed.stderr).toBe(0);
  expect(resultOf(pushed)).toMatchObject({
    release: 'test-ebs@1.0.0',
    git: { tag: 'release/1.0.0', is: 'there', commit: head, pushed: true },
  });
  expect(atRemote('refs/tags/release/1.0.0^{}')).toBe(head);
  const again = await run('publish', 'test-ebs@refs/tags/release/1.0.0', '--yes', '--push', '--json');
  expect(resultOf(again).git).toMatchObject({ is: 'there', pushed: true });
  const status = await run('status', 'test-ebs@release/1.0.0', '--json');
  expect([status.exit, JSON.parse(status.stdout).release]).toEqual([0, 'test-ebs@1.0.0']);

  git('tag', '-d', 'release/1.0.0');
  git('tag', 'release/1.0.0', first);
  const moved = await run('publish', 'test-ebs', '--yes', '--json');
  expect(moved.exit).toBe(1);
  expect(resultOf(moved).git).toMatchObject({
    is: 'failed',
    why: `release/1.0.0 is already at ${first.slice(0, 12)}`,
  });
  expect(git('log', '-1', '--format=%H', 'release/1.0.0')).toBe(first);
});

it('a reviewed plan is applied only at its commit; files that publish itself writes are no change', async () => {
  await rm(project.path('later.txt'));
  git('tag', '-d', 'release/1.0.0');
  commit();
  git('push', '-q', 'origin', 'main');
  expect(JSON.parse(await readFile(project.path('ids.json'), 'utf8'))).toHaveProperty(['us-east-1']);
  await writeFile(project.path('ids.json'), '{}\n');
  const planned = await run('plan', 'test-ebs@1.0.1', '--out', 'remote.git/plan.json');
  expect(planned.exit, planned.stdout).toBe(0);
  git('commit', '-qm', 'Nothing', '--allow-empty');
  git('push', '-q', 'origin', 'main');
  const applied = await run('publish', '--plan', 'remote.git/plan.json');
  expect([applied.exit, applied.stderr]).toEqual([4, expect.stringContaining('git commit: was ')]);
});

it('says if git, a repository or a tag to push is missing', async () => {
  const without = await project.run(['plan', 'test-ebs@1.0.1'], { ...sandbox.environment, PATH: '/nowhere' });
  expect([without.exit, without.stdout]).toEqual([4, expect.stringContaining('found no git on PATH')]);
  await rm(project.path('.git'), { recursive: true });
  const outside = await run('plan', 'test-ebs@1.0.1');
  expect([outside.exit, outside.stdout]).toEqual([4, expect.stringContaining('found no git repository')]);
  await project.config('test-ebs', (config) => {
    config.git = { clean: true };
  });
  const nothing = await run('plan', 'test-ebs@1.0.1', '--push');
  expect([nothing.exit, nothing.stderr]).toEqual([
    2,
    expect.stringContaining('--push: expected a git tag in configs/test-ebs.json'),
  ]);
});
