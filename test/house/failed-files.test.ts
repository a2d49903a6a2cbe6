import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'failed-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const root = resolve(import.meta.dirname, '../..');
const failing = (...files: string[]) =>
  files.map((file) => ({
    name: join(root, file),
    status: 'failed',
    assertionResults: [{ status: 'passed' }, { status: 'failed' }],
  }));
const passing = { name: join(root, 'test/e2e/a.test.ts'), status: 'passed', assertionResults: [] };

it.each<[string, object[], string, string]>([
  [
    'of real processes',
    failing('test/e2e/b.test.ts', 'sandbox/test/packer/c.test.ts'),
    '',
    'test/e2e/b.test.ts\nsandbox/test/packer/c.test.ts\n',
  ],
  ['none if none failed', [], '', ''],
  ['none if one needs only Node', failing('test/e2e/b.test.ts', 'test/plan/c.test.ts'), '', ''],
  [
    'none if more than three failed',
    failing(...[1, 2, 3, 4].map((one) => `test/e2e/${one}.test.ts`)),
    '',
    '',
  ],
  ['none if a file could not be loaded', [{ ...passing, status: 'failed' }], '', ''],
  ['none, after an error outside of tests', failing('test/e2e/b.test.ts'), '⎯⎯ Unhandled Rejection ⎯⎯', ''],
])('files to run again alone: %s', (_, failed, printed, files) => {
  writeFileSync(join(folder, 'vitest.json'), JSON.stringify({ testResults: [passing, ...failed] }));
  writeFileSync(join(folder, 'tests.output'), printed);
  const script = join(root, 'scripts/failed-files.ts');
  const run = spawnSync(process.execPath, [script, folder], { encoding: 'utf8', cwd: root });
  expect([run.status, run.stdout]).toEqual([0, files]);
});
