import { mkdir, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newProject, type Project } from './project.ts';

let project: Project;
const change = (config: Record<string, unknown>, type = 't3.micro') => {
  config.images = [
    {
      name: '2404',
      base: { ubuntu: '2404' },
      builder: { instance_type: type, ssh_username: 'ubuntu' },
    },
  ];
  config.inputs = ['../deploy/**', '!**/*.md'];
};
const deploy = (name: string, text: string) => writeFile(project.path('deploy', name), text);
const run = (command: string, ...words: string[]) => project.run([command, 'inputs', '--sandbox', ...words]);

beforeAll(async () => {
  project = await newProject();
  await mkdir(project.path('deploy'));
  await deploy('deploy.py', '1');
  await deploy('NOTES.md', '1');
  await project.config('inputs', change);
  await project.sandbox();
});
afterAll(() => project.remove());

it('a file of "inputs" is part of the recipe, and any machine says what changed', async () => {
  const published = await run('publish', '--yes');
  expect(published.exit, published.stderr).toBe(0);
  await deploy('NOTES.md', '2');
  expect(await run('plan')).toMatchObject({ exit: 0, stdout: expect.stringContaining('already there 1') });

  await deploy('deploy.py', '2');
  await project.config('inputs', (config) => change(config, 't3.small'));
  const what = 'builder.instance_type (was "t3.micro", is "t3.small"), input ../deploy/deploy.py';
  const refused = await run('publish', '--yes');
  expect([refused.exit, refused.stderr]).toEqual([
    4,
    expect.stringContaining(`was built from another recipe (changed: ${what})`),
  ]);
  const [target] = JSON.parse((await run('plan', '--json')).stdout).targets;
  expect([target.status, target.recipeChanged.parts]).toEqual([
    'conflict',
    [
      { part: 'builder.instance_type', was: '"t3.micro"', now: '"t3.small"' },
      {
        part: 'input ../deploy/deploy.py',
        was: expect.stringMatching(/^[0-9a-f]{8}$/),
        now: expect.stringMatching(/^[0-9a-f]{8}$/),
      },
    ],
  ]);
  const compared = JSON.parse((await run('plan', '--if-changed', '--json')).stdout);
  expect(compared.changes).toMatchObject([
    { is: 'recipe', text: `us-east-1-2404: its recipe changed: ${what}`, parts: target.recipeChanged.parts },
  ]);

  await rm(project.path('.gopackgo/sandbox/releases'), { recursive: true });
  const elsewhere = await run('plan');
  expect(elsewhere.stdout.replace(/\s+/g, ' ')).toContain(
    'changed: builder.instance_type, input ../deploy/deploy.py)',
  );
});

it('refuses patterns that match nothing', async () => {
  await project.config('wrong', (config) => {
    config.inputs = ['../deplyo/**'];
  });
  const refused = await project.run(['plan', 'wrong', '--sandbox']);
  expect([refused.exit, refused.stderr]).toEqual([
    2,
    expect.stringContaining(
      'configs/wrong.json: inputs[0]: expected a pattern that matches a file, found "../deplyo/**", which matches none',
    ),
  ]);
});
