// biome-ignore-all lint/suspicious/noTemplateCurlyInString: HCL's and the shell's, and the subject of the tests
import { readFileSync, realpathSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newProject, type Project } from './project.ts';

let project: Project;
beforeAll(async () => {
  project = await newProject();
  await project.sandbox();
  await mkdir(project.path('shared'));
  await writeFile(project.path('shared/setup.sh'), 'true\n');
  const inline = (file: string) => [
    `printf '%s\\n' "\${path.root}" "\${path.cwd}" '$\${path.root}' "\${HOME:+home}" '{var.text}' >${file}`,
  ];
  await project.config('own', (config) => {
    config.timeouts = { build: '8h', ami: '10h' };
    config.variables = { text: '${path.root}' };
    config.provisioners = [
      { type: 'shell', script: '${path.root}/provision/hello.sh' },
      { type: 'shell-local', inline: inline('own.txt') },
    ];
  });
  const own = JSON.parse(readFileSync(project.path('configs/own.json'), 'utf8'));
  own.provisioners = [
    { type: 'shell', script: '${path.cwd}/setup.sh' },
    { type: 'shell-local', inline: inline('extending.txt') },
  ];
  await writeFile(project.path('shared/base.json'), JSON.stringify(own));
  await writeFile(project.path('configs/extending.json'), JSON.stringify({ extends: '../shared/base.json' }));
});
afterAll(() => project.remove());

const publish = (name: string) =>
  project.run(['publish', name, '--sandbox', '--yes', '--run-local', '--only', '2404-hvm']);

it("${path.root} and ${path.cwd} are the folder of the config, in a script's path and in text", async () => {
  const run = await publish('own');
  expect(run.exit, run.stderr).toBe(0);
  const folder = realpathSync(project.path('configs'));
  expect(readFileSync(project.path('configs/own.txt'), 'utf8').split('\n')).toEqual([
    folder,
    folder,
    '${path.root}',
    'home',
    '${path.root}',
    '',
  ]);
});

it('in an extended file, they are the folder of that file', async () => {
  const run = await publish('extending');
  expect(run.exit, run.stderr).toBe(0);
  const folder = `${realpathSync(project.path('configs'))}/../shared`;
  expect(readFileSync(project.path('configs/extending.txt'), 'utf8').split('\n').slice(0, 2)).toEqual([
    folder,
    folder,
  ]);
});

it('a missing script is reported before AWS is asked', async () => {
  await project.config('wrong', (config) => {
    config.provisioners = [{ type: 'shell', script: '${path.root}/provision/helo.sh' }];
  });
  const run = await project.run(['plan', 'wrong', '--sandbox']);
  expect(run.stderr).toMatch(
    /provisioners\[0\]\.script: expected a file that can be read, found no such file or folder: "provision\/helo\.sh"/,
  );
  expect(run.exit).toBe(2);
});

it('timeouts are shown in the plan, and Packer waits that long for the AMI', async () => {
  const plan = await project.run(['plan', 'own', '--sandbox', '--run-local']);
  expect(plan.stdout).toContain('\n  timeouts build 8h · AMI 10h\n');
  const json = await project.run(['plan', 'own', '--sandbox', '--run-local', '--json']);
  expect(JSON.parse(json.stdout)).toMatchObject({ timeouts: { build: 28_800, ami: 36_000 } });
  const template = readFileSync(
    project.path('.gopackgo/sandbox/releases/own@1.0.0/templates/us-east-1.pkr.json'),
    'utf8',
  );
  expect(Object.values(JSON.parse(template).source['amazon-ebs'])[0]).toMatchObject({
    aws_polling: { delay_seconds: 5, max_attempts: 7200 },
  });
});
