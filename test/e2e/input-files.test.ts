import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newProject, type Project } from './project.ts';

let project: Project;
beforeEach(async () => {
  project = await newProject();
});
afterEach(() => project.remove());

/** Things that may be in place of a file; if one were waited for or read whole, its test would not end. */
const kinds: Record<string, { make(path: string): void; found: RegExp }> = {
  'a pipe': {
    make: (path) => expect(spawnSync('mkfifo', [path]).status).toBe(0),
    found: /a pipe or a device|something that is not a file/,
  },
  '/dev/zero': {
    make: (path) => symlinkSync('/dev/zero', path),
    found: /a pipe or a device|a symbolic link/,
  },
  'a folder': { make: (path) => mkdirSync(path), found: /a folder|something that is not a file/ },
  '200 MB': {
    make(path) {
      const file = openSync(path, 'w');
      ftruncateSync(file, 200_000_000);
      closeSync(file);
    },
    found: /a file of 200\.0 MB; at most 10 MB are read/,
  },
};

const uses: Record<string, { file: string; words: string[] }> = {
  'a publication': { file: 'configs/odd.json', words: ['plan', 'odd', '--sandbox'] },
  'the settings of this machine': { file: 'configs/local.json', words: ['plan', 'test-ebs', '--sandbox'] },
  'a file of ids': { file: 'ami_ids.json', words: ['publish', 'recorded', '--sandbox', '--yes'] },
  'a plan': { file: 'odd.plan', words: ['publish', 'test-ebs', '--sandbox', '--plan', 'odd.plan'] },
  'an account': { file: 'odd.account', words: ['plan', 'test-ebs', '--sandbox-account', 'odd.account'] },
  'a script of faults': { file: 'odd.faults', words: ['sandbox', '--faults', 'odd.faults'] },
};

describe.each(Object.entries(uses))('in place of %s', (_use, { file, words }) => {
  it.each(Object.entries(kinds))('%s is refused and named', async (_kind, { make, found }) => {
    await project.config('recorded', (config) => {
      config.record = 'ami_ids.json';
    });
    make(project.path(file));
    const run = await project.run(words);
    expect([2, 4], run.stderr).toContain(run.exit);
    expect(run.stderr).toMatch(found);
    expect(run.stderr).toContain(file.split('/').at(-1));
    expect(run.stderr).not.toMatch(/^\s+at /m);
  });
});

it.each([
  ['text', (long: string) => ({ 'us-east-1': long })],
  ['key', (long: string) => ({ [long]: [] })],
  ['id', (long: string) => ({ 'us-east-1': [{ id: long }] })],
])('a %s of 9 MB in an ids file is refused with a short message', async (_what, content) => {
  await project.config('recorded', (config) => {
    config.record = 'ami_ids.json';
  });
  writeFileSync(project.path('ami_ids.json'), JSON.stringify(content('x'.repeat(9_000_000))));
  const run = await project.run(['publish', 'recorded', '--sandbox', '--yes']);
  expect(run.exit, run.stderr.slice(0, 2_000)).toBe(4);
  expect(run.stderr).toMatch(/^ami_ids\.json: /);
  expect(run.stderr.length).toBeLessThan(5_000);
});
