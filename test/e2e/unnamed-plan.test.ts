import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newProject, type Project } from './project.ts';

let project: Project;
beforeAll(async () => {
  project = await newProject();
  await project.sandbox();
});
afterAll(() => project.remove());

it('publish --plan needs no publication: the plan names its release, version included', async () => {
  const only = ['--only', 'us-east-1-2204-hvm'];
  const planned = await project.run(['plan', 'test-ebs@3.1.4', '--sandbox', ...only, '--out', 'plan.json']);
  expect(planned.exit, planned.stderr).toBe(0);
  const run = await project.run(['publish', '--sandbox', '--plan', 'plan.json']);
  expect(run.exit, run.stderr).toBe(0);
  const result = project.path('.gopackgo/sandbox/releases/test-ebs@3.1.4/result.json');
  expect(JSON.parse(await readFile(result, 'utf8'))).toMatchObject({ release: 'test-ebs@3.1.4', exit: 0 });
});

it('cleanup --plan needs no publication either', async () => {
  const words = ['cleanup', 'test-ebs@3.1.4', '--sandbox', '--out', 'cleanup.json'];
  const planned = await project.run(words);
  expect(planned.exit, planned.stderr).toBe(0);
  const run = await project.run(['cleanup', '--sandbox', '--plan', 'cleanup.json', '--json']);
  const last = JSON.parse(run.stdout.trimEnd().split('\n').at(-1) ?? '');
  expect(last).toMatchObject({ type: 'result', release: 'test-ebs@3.1.4', applied: true, exit: 0 });
});

it('--profile with --sandbox gets a warning', async () => {
  const run = await project.run(['plan', 'test-ebs', '--sandbox', '--profile', 'nope']);
  expect([run.exit, run.stderr]).toEqual([0, expect.stringMatching(/^warning: --profile is ignored/m)]);
});
