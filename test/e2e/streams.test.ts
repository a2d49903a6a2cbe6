import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Result } from '../../src/model/events.ts';
import { cleanEnvironment, newProject, type Project, program } from './project.ts';

let project: Project;
beforeEach(async () => {
  project = await newProject();
});
afterEach(() => project.remove());

/** Runs the command line with its streams as a shell redirects them: `2>/dev/full`, `2>&-`. */
async function redirected(words: string[], redirections: string) {
  const command = `${[process.execPath, program, ...words].map((word) => `'${word}'`).join(' ')} ${redirections}`;
  const child = spawn('/bin/sh', ['-c', command], {
    cwd: project.folder,
    env: cleanEnvironment(project.folder),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text) => {
      texts[name] += text;
    });
  }
  const [exit] = await once(child, 'close');
  return { exit, ...texts };
}

const publish = ['publish', 'test-ebs', '--sandbox', '--yes', '--only', 'us-east-1-2204-hvm'];

/** The result that the run kept, and the types of the events that it kept. */
async function kept() {
  const read = (file: string) =>
    readFile(project.path('.gopackgo/sandbox/releases/test-ebs@1.0.0', file), 'utf8');
  const result: Result = JSON.parse(await read('result.json'));
  const events = (await read('events.ndjson'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).type);
  return { exit: result.exit, statuses: result.targets.map(({ status }) => status), last: events.at(-1) };
}

describe('a run continues without a stream that cannot be written', () => {
  it.each([
    ['a full disk for stderr', publish, '2>/dev/full'],
    ['a closed stderr', publish, '2>&-'],
    ['a full disk for stdout', publish, '>/dev/full'],
    ['a full disk for stdout, with --json', [...publish, '--json'], '>/dev/full'],
    ['a full disk for both', publish, '>/dev/full 2>&1'],
    ['both closed', publish, '>&- 2>&-'],
  ])('%s', async (_, words, redirections) => {
    const run = await redirected(words, redirections);
    expect(await kept()).toEqual({ exit: 0, statuses: ['verified'], last: 'result' });
    expect(run.stderr).not.toMatch(/\n {4}at /);
    expect(run.exit).toBe(0);
  });

  it('and says on stderr that stdout is lost', async () => {
    const { stderr, exit } = await redirected(publish, '>/dev/full');
    expect(stderr).toMatch(/^warning: stdout could not be written \(ENOSPC\)/m);
    expect(exit).toBe(0);
  });
});

it.each(['plan', 'status', 'generate'])(
  '%s, which does nothing but print, fails if it cannot write its output',
  async (command) => {
    const out = command === 'generate' ? ['--out', 'templates'] : [];
    const run = await redirected([command, 'test-ebs', '--sandbox', ...out], '>/dev/full');
    expect(run.stderr).toMatch(/^warning: stdout could not be written \(ENOSPC\)/m);
    expect(run.exit).toBe(1);
  },
);

it('a reader that closes the pipe early is no failure', async () => {
  const run = await redirected(['plan', 'test-ebs', '--sandbox', '--json'], '| head -c 1 >/dev/null');
  expect(run).toEqual({ exit: 0, stdout: '', stderr: '' });
});
