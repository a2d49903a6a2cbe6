import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { checkedOutBranch } from '../../src/config/git-branch.ts';
import { readPublication } from '../../src/config/read-publication.ts';
import { builderOptionsFor } from '../../src/plan/builder-options.ts';
import { combinedImages } from '../../src/plan/image.ts';
import { provisionersFor } from '../../src/plan/provisioners.ts';
import { folderWith, least, read, refusal, withImage } from './a-config.ts';

const builder = { instance_type: 'm5.large', tags: { Branch: '{git.branch}' } };
const config = {
  ...withImage({ builder }),
  provisioners: [{ type: 'shell', environment_vars: ['BRANCH={git.branch}', 'HERE=%{git.branch}'] }],
};

function git(folder: string, ...words: string[]): void {
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
  execFileSync('git', [...who, ...words], { cwd: folder, stdio: 'ignore' });
}

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'branch '));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('{git.branch}', () => {
  it("is filled into options of builders and provisioners, but not into the shell's own text", () => {
    const cwd = folderWith(config);
    const publication = readPublication('web', { cwd, branchOf: () => ({ branch: 'feature/x' }) });
    const [image] = combinedImages(publication);
    if (!image) throw new Error('expected an image');
    expect(builderOptionsFor(publication, image, 'us-east-1')).toMatchObject({
      tags: { Branch: 'feature/x' },
    });
    const target = { name: 'us-east-1-2204-hvm', region: 'us-east-1', image: '2204-hvm' };
    expect(provisionersFor(publication, image, target)).toEqual([
      { type: 'shell', options: { environment_vars: ['BRANCH=feature/x', 'HERE=%{git.branch}'] } },
    ]);
  });

  it.each([
    ['nothing', least],
    ['the shell alone', { ...least, provisioners: [{ type: 'shell', inline: ['echo %{git.branch}'] }] }],
  ])('is not looked up if it is used by %s', (_, unused) => {
    const branchOf = vi.fn(() => ({ branch: 'main' }));
    expect(readPublication('web', { cwd: folderWith(unused), branchOf }).gitBranch).toBeUndefined();
    expect(branchOf).not.toHaveBeenCalled();
  });

  it('is refused, with all other problems, if there is no branch', () => {
    const cwd = folderWith({ ...config, regions: { 'us-east-1': { region: 'x' } } });
    const branchOf = () => ({ why: 'no git repository' });
    expect(refusal(() => readPublication('web', { cwd, branchOf }))).toEqual([
      expect.stringMatching(
        /configs\/web\.json: images\[0\]\.builder: expected a branch that is checked out in .*configs, for \{git\.branch\}, found no git repository. Check one out/,
      ),
      expect.stringContaining('regions.us-east-1.region'),
    ]);
  });

  it('is not allowed in names, which must be the same on every machine', () => {
    expect(refusal(() => read({ ...least, amiName: 'web {git.branch}' }))).toEqual([
      expect.stringMatching(/amiName: expected one of .*, found \{git\.branch\}/),
    ]);
  });
});

describe('the branch of a folder', () => {
  it('is the checked-out branch, even before its first commit', () => {
    const folder = aFolder();
    git(folder, 'init', '--initial-branch', 'release/2');
    expect(checkedOutBranch(folder)).toEqual({ branch: 'release/2' });
  });

  it('is missing if HEAD is detached', () => {
    const folder = aFolder();
    git(folder, 'init');
    git(folder, 'commit', '--allow-empty', '--message', 'first');
    git(folder, 'checkout', '--detach');
    expect(checkedOutBranch(folder)).toEqual({ why: expect.stringContaining('detached HEAD') });
  });

  it('is missing outside of a repository', () => {
    expect(checkedOutBranch(aFolder())).toEqual({ why: 'no git repository' });
  });

  it('is missing without git', () => {
    const folder = aFolder();
    vi.stubEnv('PATH', folder);
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    expect(checkedOutBranch(folder)).toEqual({ why: 'no git on PATH' });
  });
});
