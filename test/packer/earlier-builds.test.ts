import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { secondsOfEarlierBuilds } from '../../src/packer/earlier-builds.ts';

let releases: string;
beforeEach(async () => {
  releases = await mkdtemp(join(tmpdir(), 'releases-'));
});
afterEach(() => rm(releases, { recursive: true }));

/** Writes an attempt as publish does. */
async function leave(release: string, target: string, number: number, exit: number | null, seconds: number) {
  const folder = join(releases, release, 'attempts', target, String(number));
  await mkdir(folder, { recursive: true });
  const at = (ms: number) => new Date(Date.UTC(2026, 0, 1) + ms).toISOString();
  const record = { id: 'x', target, release, recipe: 'r', base: 'b', startedAt: at(0), log: '/log' };
  await writeFile(join(folder, 'attempt.json'), JSON.stringify(record));
  const result = { exit, signal: null, endedAt: at(seconds * 1000) };
  await writeFile(join(folder, 'result.json'), JSON.stringify(result));
}

/** Dates a release's attempts back by so many days. */
const age = (release: string, days: number) => {
  const at = new Date(Date.UTC(2026, 0, 31 - days));
  return utimes(join(releases, release, 'attempts'), at, at);
};

it('uses the newest successful build of each target, from this release or an earlier one', async () => {
  await leave('web@1.0.0', 'a', 1, 0, 11);
  await leave('web@1.0.0', 'b', 1, 0, 21);
  await leave('web@1.1.0', 'a', 1, 0, 12);
  await leave('web@1.1.0', 'a', 2, 0, 13);
  await leave('web@1.1.0', 'a', 3, 1, 2);
  await leave('web@1.1.0', 'b', 1, null, 900);
  await leave('web@1.1.0', 'not asked for', 1, 0, 5);
  await leave('website@1.1.0', 'c', 1, 0, 31);
  await age('web@1.0.0', 2);
  await age('web@1.1.0', 1);
  expect(await secondsOfEarlierBuilds(releases, 'web', ['a', 'b', 'c'])).toEqual(
    new Map([
      ['a', 13],
      ['b', 21],
    ]),
  );
});

it('looks at no more than three releases', async () => {
  for (const [days, minor] of [4, 3, 2, 1].entries()) {
    await leave(`web@1.${minor}.0`, `t${minor}`, 1, 0, minor);
    await age(`web@1.${minor}.0`, days);
  }
  const found = await secondsOfEarlierBuilds(releases, 'web', ['t1', 't2', 't3', 't4']);
  expect([...found.keys()].sort()).toEqual(['t2', 't3', 't4']);
});

it.each([
  ['an incomplete record', 'attempt.json', '{"id": '],
  ['an invalid time', 'result.json', '{"exit": 0, "signal": null, "endedAt": "yesterday"}'],
])('%s is unknown, and no error', async (_what, file, text) => {
  await leave('web@1.0.0', 'a', 1, 0, 11);
  await writeFile(join(releases, 'web@1.0.0/attempts/a/1', file), text);
  expect(await secondsOfEarlierBuilds(releases, 'web', ['a'])).toEqual(new Map());
});

it('knows nothing if nothing was published yet', async () => {
  expect(await secondsOfEarlierBuilds(join(releases, 'absent'), 'web', ['a'])).toEqual(new Map());
});
