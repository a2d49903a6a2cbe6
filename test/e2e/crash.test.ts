import { existsSync } from 'node:fs';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventsOfType, resultOf } from './events.ts';
import { scriptEnds } from './faults.ts';
import { packerOfTests } from './packer.ts';
import { newProject, type Project } from './project.ts';
import { stateOf } from './state.ts';

const [jammy, noble] = ['us-east-1-2204-hvm', 'us-east-1-2404-hvm'] as const;

let project: Project;
beforeEach(async () => {
  project = await newProject();
});
afterEach(() => project.remove());

/** A Packer that, for one target, prints a line of 9 MB and fails. */
async function packerWithLongLine(): Promise<string> {
  const { path } = await packerOfTests();
  const file = join(project.folder, 'packer');
  const script = [
    '#!/bin/sh',
    `case "$*" in *build*${jammy}*) head -c 9000000 /dev/zero | tr '\\0' a; echo; exit 1;; esac`,
    `exec '${path}' "$@"`,
  ];
  await writeFile(file, `${script.join('\n')}\n`);
  await chmod(file, 0o755);
  return file;
}

it('a line of 9 MB in the log of a build fails only that target', async () => {
  const sandbox = await project.sandbox();
  const environment = { PACKER: await packerWithLongLine() };
  const run = await project.run(['publish', 'test-ebs', '--sandbox', '--yes', '--json'], environment);
  expect(run.exit, run.stderr).toBe(1);
  expect(run.stderr).not.toContain('RangeError');
  expect(run.stdout.length).toBeLessThan(100_000);
  expect(resultOf(run).targets).toMatchObject([
    { name: jammy, status: 'failed', attempts: 1 },
    { name: noble, status: 'verified', attempts: 1 },
  ]);
  const folder = join(project.folder, resultOf(run).folder);
  expect(JSON.parse(await readFile(join(folder, 'result.json'), 'utf8'))).toMatchObject({ exit: 1 });
  const { amis, leftovers } = await stateOf(sandbox.clients);
  expect([amis.length, leftovers]).toEqual([1, []]);
  const again = await project.run(['publish', 'test-ebs', '--sandbox', '--yes', '--json']);
  expect(again.exit, again.stderr).toBe(0);
});

it('an uncaught error ends the run with a result and without its lock, and the next run uses what Packer makes', async () => {
  const sandbox = await project.sandbox([scriptEnds(noble, { delay: 3_000 })]);
  const thrower = join(project.folder, 'throw-during-build.mjs');
  await writeFile(
    thrower,
    `import { existsSync, readFileSync } from 'node:fs';
    const log = '.gopackgo/sandbox/releases/test-ebs@1.0.0/attempts/${noble}/1/log';
    const timer = setInterval(() => {
      if (!existsSync(log) || !readFileSync(log, 'utf8').includes('Provisioning with')) return;
      clearInterval(timer);
      throw new RangeError('made up');
    }, 50);
    timer.unref();
    `,
  );
  const only = ['--only', noble];
  const run = await project.run(['publish', 'test-ebs', '--sandbox', '--yes', ...only], {
    NODE_OPTIONS: `--import=${pathToFileURL(thrower).href}`,
  });
  expect(run.exit, run.stderr).toBe(1);
  expect(run.stderr).toContain('gopackgo failed unexpectedly');
  expect(run.stderr).toMatch(new RegExp(`Packer still runs for 1 target:\\n {2}${noble}: log `));
  const folder = join(project.folder, '.gopackgo/sandbox/releases/test-ebs@1.0.0');
  expect(JSON.parse(await readFile(join(folder, 'result.json'), 'utf8'))).toMatchObject({
    exit: 1,
    targets: [{ name: noble, status: 'unknown', error: { message: expect.stringContaining('made up') } }],
  });
  expect(existsSync(join(folder, 'lock'))).toBe(false);
  const again = await project.run(['publish', 'test-ebs', '--sandbox', '--yes', '--json', ...only]);
  expect(again.exit, again.stderr).toBe(0);
  expect(eventsOfType(again, 'attempt-started')).toEqual([]);
  const { amis, leftovers } = await stateOf(sandbox.clients);
  expect([amis.length, leftovers]).toEqual([1, []]);
});
