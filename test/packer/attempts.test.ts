import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseAttemptTag } from '../../src/model/attempt-tag.ts';
import { claimAttemptFolder, readAttempts } from '../../src/packer/attempts.ts';
import { readLog, tailLog } from '../../src/packer/log-file.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'attempts-'));
});
afterEach(() => rm(root, { recursive: true }));

const record = {
  id: 'x',
  target: 't',
  release: 'r@1',
  recipe: 'sha256:0',
  base: '1/b',
  startedAt: '2026-01-01',
  log: '/l',
};

it.each<[string, Record<string, string>, object]>([
  ['an empty folder', {}, {}],
  ['a complete record, no process yet', { 'attempt.json': JSON.stringify(record) }, { record }],
  ['half a record', { 'attempt.json': '{"id": "x", ' }, {}],
  ["another target's record", { 'attempt.json': JSON.stringify({ ...record, target: 'u' }) }, {}],
  ['a record without a field', { 'attempt.json': JSON.stringify({ ...record, recipe: undefined }) }, {}],
  ['a process id', { pid: '4711\n' }, { pid: 4711 }],
  ['half a process id', { pid: '47' }, {}],
  ['an invalid process id', { pid: '-1\n' }, {}],
  [
    'a result',
    { 'result.json': '{"exit": null, "signal": "SIGKILL", "endedAt": "z"}' },
    { result: { exit: null, signal: 'SIGKILL', endedAt: 'z' } },
  ],
  ['an empty result', { 'result.json': '' }, {}],
  ['an invalid result', { 'result.json': 'null' }, {}],
])('the record of an attempt is read from its folder: %s', async (_what, files, expected) => {
  const folder = join(root, 't/1');
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  expect(await readAttempts(root, ['t'])).toEqual([
    { target: 't', number: 1, folder, log: join(folder, 'log'), ...expected },
  ]);
});

it('lists the attempts of the given targets by number, and skips everything else', async () => {
  for (const name of ['b/1', 'a/10', 'a/9', 'a/new', 'a/01', 'c/1'])
    await mkdir(join(root, name), { recursive: true });
  await writeFile(join(root, 'stray'), '');
  const found = (await readAttempts(root, ['b', 'a', 'stray', 'never-built'])).map(
    ({ target, number }) => `${target}/${number}`,
  );
  expect(found).toEqual(['b/1', 'a/9', 'a/10']);
  expect(await readAttempts(join(root, 'absent'), ['a'])).toEqual([]);
});

it('two attempts never get the same folder', async () => {
  await mkdir(join(root, 't/7'), { recursive: true });
  const claimed = await Promise.all([1, 2, 3].map(() => claimAttemptFolder(root, 't')));
  expect(claimed.map(({ number }) => number).sort((a, b) => a - b)).toEqual([8, 9, 10]);
});

it.each([
  ['a1-b_2.4711', { id: 'a1-b_2', pid: 4711 }],
  ['a.b.4711', undefined],
  ['a1.', undefined],
  ['a1.-1', undefined],
  ['a1.0', undefined],
  ['.5', undefined],
])('the tag gopackgo:attempt %s is read as attempt and process id', (text, expected) => {
  expect(parseAttemptTag(text)).toEqual(expected);
});

it('follows a log by complete lines, including characters of several bytes', async () => {
  const file = join(root, 'log');
  const read = tailLog(file);
  expect(await read()).toBe('');
  const bytes = Buffer.from('first\nsecond ü\nthird\n');
  const cut = bytes.indexOf(0xc3) + 1;
  await writeFile(file, bytes.subarray(0, cut));
  expect(await read()).toBe('first\n');
  await writeFile(file, bytes);
  expect([await read(), await read()]).toEqual(['second ü\nthird\n', '']);
  expect(await readLog(file)).toBe(bytes.toString());
  expect(await readLog(join(root, 'absent'))).toBe('');
});
