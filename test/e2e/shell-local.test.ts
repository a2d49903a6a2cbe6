import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { newProject, type Project } from './project.ts';
import { stateOf } from './state.ts';

let project: Project;
beforeEach(async () => {
  project = await newProject();
  await project.config('locally', (config) => {
    config.provisioners = [
      { type: 'shell-local', inline: [`printf '%s\\n' "$PACKER_BUILD_NAME" >> '${ran()}'`] },
    ];
  });
});
afterEach(() => project.remove());

const ran = () => project.path('ran on this machine');
const publish = (...more: string[]) =>
  project.run(['publish', 'locally', '--sandbox', '--yes', '--only', '2404-hvm', ...more]);

it('a rehearsal does not run shell-local on this machine, and says how to allow it', async () => {
  const sandbox = await project.sandbox();
  const run = await publish();
  expect(run.exit).toBe(4);
  expect(run.stderr).toMatch(
    /configs\/locally\.json: provisioners: "shell-local" runs on this machine.*--run-local/,
  );
  const plan = ['plan', 'locally', '--sandbox'];
  const planned = await project.run(plan);
  expect([planned.exit, planned.stderr]).toEqual([4, expect.stringContaining('--run-local')]);
  expect((await project.run([...plan, '--run-local'])).exit).toBe(0);
  expect(existsSync(ran())).toBe(false);
  expect((await sandbox.calls()).map(({ operation }) => operation)).not.toContain('RunInstances');
  expect((await stateOf(sandbox.clients)).leftovers).toEqual([]);
});

it('with --run-local a shell-local provisioner runs on this machine', async () => {
  const sandbox = await project.sandbox();
  const run = await publish('--run-local');
  expect(run.exit, run.stderr).toBe(0);
  expect(await readFile(ran(), 'utf8')).toBe('us-east-1-2404-hvm\n');
  expect((await stateOf(sandbox.clients)).amis).toHaveLength(1);
});
