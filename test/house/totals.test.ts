import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'totals-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const vitest = (passed: number, failed: number) =>
  JSON.stringify({ numPassedTests: passed, numFailedTests: failed });

const report = (...tests: [string, string][]) =>
  JSON.stringify({
    numPassedTests: tests.filter(([, status]) => status === 'passed').length,
    numFailedTests: tests.filter(([, status]) => status === 'failed').length,
    testResults: tests.map(([fullName, status]) => ({ assertionResults: [{ fullName, status }] })),
  });

it.each<[string, Record<string, string>, string, number]>([
  [
    'a test that failed passes alone',
    {
      'vitest.json': report(['one', 'passed'], ['two', 'failed']),
      'again.json': report(['two', 'passed']),
      'tests.step': '1\n',
    },
    '2 passed, 0 failed',
    0,
  ],
  [
    'a test that failed fails alone too',
    {
      'vitest.json': report(['one', 'passed'], ['two', 'failed'], ['three', 'failed']),
      'again.json': report(['two', 'failed'], ['three', 'passed'], ['four', 'passed']),
      'tests.step': '1\n',
    },
    '2 passed, 1 failed',
    1,
  ],
  [
    'all passes',
    { 'vitest.json': vitest(5, 0), 'tests.step': '0\n', 'check.step': '0\nfine\n' },
    '6 passed, 0 failed',
    0,
  ],
  [
    'a check fails',
    { 'vitest.json': vitest(5, 0), 'tests.step': '0\n', 'check.step': '1\n' },
    '5 passed, 1 failed',
    1,
  ],
  ['tests fail', { 'vitest.json': vitest(5, 2), 'tests.step': '1\n' }, '5 passed, 2 failed', 1],
  [
    'a test file does not load',
    { 'vitest.json': vitest(5, 0), 'tests.step': '1\n' },
    '5 passed, 1 failed',
    1,
  ],
  ['vitest writes nothing', { 'tests.step': '0\n' }, '0 passed, 1 failed', 1],
  ['a step counts itself', { 'skeleton.step': '0\nok one\nokay\nok two\n' }, '2 passed, 0 failed', 0],
  [
    'a step counts a failure and exits 0',
    { 'skeleton.step': '0\nok one\nnot ok two\n' },
    '1 passed, 1 failed',
    1,
  ],
  ['a step breaks off', { 'skeleton.step': '3\nok one\n' }, '1 passed, 1 failed', 1],
  ['nothing ran', {}, '0 passed, 0 failed', 1],
])('%s', (_, files, totals, status) => {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const run = spawnSync(process.execPath, [resolve(import.meta.dirname, '../../scripts/totals.ts'), folder], {
    encoding: 'utf8',
  });
  expect(run.stdout.split('\n').at(-2)).toBe(totals);
  expect(run.status).toBe(status);
});

it('names files that passed only when they ran alone', () => {
  writeFileSync(join(folder, 'vitest.json'), report(['one', 'passed'], ['two', 'failed']));
  writeFileSync(join(folder, 'again.json'), report(['two', 'passed']));
  writeFileSync(join(folder, 'tests.step'), '1\n');
  const totals = resolve(import.meta.dirname, '../../scripts/totals.ts');
  const run = spawnSync(process.execPath, [totals, folder], { encoding: 'utf8' });
  expect(run.stdout).toBe('failed beside other tests, passed alone: two\n\n2 passed, 0 failed\n');
});

it('says which judges of the sandbox ran, and why others did not', () => {
  const verdicts = [
    { judge: 'moto', skipped: 'no python3' },
    { judge: 'mirror', judged: '1,100 operations' },
  ];
  writeFileSync(
    join(folder, 'judges.ndjson'),
    verdicts.map((verdict) => `${JSON.stringify(verdict)}\n`).join(''),
  );
  writeFileSync(join(folder, 'check.step'), '0\n');
  const totals = resolve(import.meta.dirname, '../../scripts/totals.ts');
  const run = spawnSync(process.execPath, [totals, folder], { encoding: 'utf8' });
  expect(run.stdout.split('\n').slice(0, -1)).toEqual([
    'judge: mirror: 1,100 operations',
    'judge: moto: SKIPPED: no python3',
    '',
    '1 passed, 0 failed',
  ]);
});
