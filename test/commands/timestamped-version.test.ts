import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Meant, timestampedVersion } from '../../src/commands/timestamped-version.ts';
import { ActionableError } from '../../src/lib/actionable-error.ts';

const now = new Date('2026-01-02T03:04:05Z');
const made = '1.20260102T030405Z';
const [first, second, third] = ['1.20250101T000000Z', '1.20250202T000000Z', '1.20250303T000000Z'] as const;

/** A folder of releases of `web`, each with its exit status, or unfinished. */
function folderWith(releases: Record<string, number | 'begun' | 'only asked for'>): string {
  const folder = mkdtempSync(join(tmpdir(), 'releases '));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [version, end] of Object.entries(releases)) {
    const release = join(folder, `web@${version}`);
    mkdirSync(release);
    if (end !== 'only asked for') writeFileSync(join(release, 'plan.json'), '{"targets": []}');
    if (typeof end === 'number') writeFileSync(join(release, 'result.json'), JSON.stringify({ exit: end }));
  }
  return folder;
}

const choose = (meant: Meant, folder: string) =>
  timestampedVersion('1.{timestamp}', 'web', meant, { folder, now });

const stopped = folderWith.bind(undefined, { [first]: 0, [second]: 1, [third]: 0 });

describe('if no release is named', () => {
  it('publish starts a new one, and points out the unfinished one', () => {
    expect(choose('new', stopped())).toEqual({
      version: made,
      said: `web@${made}: a new release. web@${second} is not finished: to resume that one, name it`,
    });
    expect(choose('new', folderWith({ [first]: 0 })).said).toBe(`web@${made}: a new release`);
  });

  it('plan uses the newest unfinished one, otherwise a new one', () => {
    expect(choose('unfinished', stopped()).version).toBe(second);
    expect(choose('unfinished', folderWith({ [first]: 'begun', [second]: 0 })).version).toBe(first);
    expect(choose('unfinished', folderWith({ [first]: 0, [second]: 3 })).version).toBe(second);
    expect(choose('unfinished', folderWith({ [first]: 0 })).version).toBe(made);
    expect(choose('unfinished', join(tmpdir(), 'no such folder')).version).toBe(made);
  });

  it('status uses the newest unfinished one, otherwise the newest, and says which', () => {
    expect(choose('known', stopped()).version).toBe(second);
    expect(choose('known', folderWith({ [first]: 0, [third]: 0, [second]: 0 }))).toEqual({
      version: third,
      said: `web@${third}: the newest release`,
    });
  });

  it('a release that was never started does not count, nor does another publication’s', () => {
    const folder = folderWith({ [first]: 'only asked for', '2.0.0': 1 });
    mkdirSync(join(folder, `other@${second}`));
    writeFileSync(join(folder, `other@${second}`, 'plan.json'), '{}');
    expect(choose('unfinished', folder).version).toBe(made);
    expect(() => choose('known', folder)).toThrow(ActionableError);
    expect(() => choose('known', folder)).toThrow(/web: expected a release .* found none .*Name one: web@/);
  });
});

describe('a partly made release', () => {
  const target = (name: string, required = true) => ({ name, required });
  const targets = [target('a'), target('b'), target('c', false)];
  it.each([
    ['some required targets', { exit: 0, shared: false, targets: [{ name: 'a' }] }, first],
    ['all required targets', { exit: 0, shared: false, targets: [{ name: 'a' }, { name: 'b' }] }, made],
    ['the last targets, and everything is shared', { exit: 0, shared: true, targets: [{ name: 'b' }] }, made],
    [
      'all targets, but not shared',
      { exit: 1, shared: false, targets: [{ name: 'a' }, { name: 'b' }] },
      first,
    ],
  ])('the last run was of %s', (_, result, meant) => {
    const folder = folderWith({ [first]: 'begun' });
    writeFileSync(join(folder, `web@${first}`, 'plan.json'), JSON.stringify({ targets }));
    writeFileSync(join(folder, `web@${first}`, 'result.json'), JSON.stringify(result));
    expect(choose('unfinished', folder).version).toBe(meant);
  });
});
