// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are HCL's and the shell's, and what is tested
import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { DescribeImagesCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newProject, type Project, type RunningSandbox } from './project.ts';

/** All that HCL or a shell would evaluate, and half of what Packer would. */
const hostile =
  '${build.SSHPrivateKey} ${HOME} $${build.ID} $$${source.name} %{if true} %%{x} $(id) `id` { $';
/** As much of it as git allows in the name of a branch. */
const branch = 'x${build.SSHPrivateKey}%{if}$(id)';

let project: Project;
let sandbox: RunningSandbox;
beforeAll(async () => {
  project = await newProject();
  sandbox = await project.sandbox();
  const git = (...words: string[]) => execFileSync('git', words, { cwd: project.folder });
  git('init', '--quiet');
  git('checkout', '--quiet', '-b', branch);
  await project.config('test-ebs', (config) => {
    config.variables = { text: null, dollar: '$', percent: '%' };
    const [image] = config.images as { builder: object }[];
    config.images = [{ ...image, builder: { ...image?.builder, tags: { Text: '{var.text}{build.ID}' } } }];
    config.provisioners = [
      {
        type: 'shell',
        environment_vars: ['TEXT={var.text}'],
        inline: [
          "cat <<'END'",
          '{var.text}',
          '{git.branch}',
          '{var.dollar}{build.ID} {var.percent}{x} {var.dollar}{var.text}',
          'END',
        ],
      },
      {
        type: 'shell-local',
        environment_vars: ['TEXT={var.text}'],
        inline: [
          "cat >>ran-here <<'END'",
          '{var.text}',
          '{var.dollar}{build.ID} {var.percent}{x}',
          'END',
          'printf "%s\\n" "$TEXT" >>ran-here',
        ],
      },
    ];
  });
  const words = ['publish', 'test-ebs', '--sandbox', '--yes', '--run-local', '--only', '2404-hvm'];
  const run = await project.run([...words, '--var', `text=${hostile}`]);
  expect(run.exit, run.stderr).toBe(0);
});
afterAll(() => project.remove());

it('a value reaches a script on the builder as the same bytes', () => {
  const [script] = globSync(project.path('.gopackgo/sandbox/state/instances/*/files/tmp/script_*'));
  expect(
    readFileSync(script ?? '', 'utf8')
      .split('\n')
      .slice(2, -2),
  ).toEqual([hostile, branch, `\${build.ID} %{x} $${hostile}`]);
});

it('a value reaches a script on this machine, and its environment, as the same bytes', () => {
  expect(readFileSync(project.path('configs', 'ran-here'), 'utf8').split('\n')).toEqual([
    hostile,
    '${build.ID} %{x}',
    hostile,
    '',
  ]);
});

it('a value reaches a builder option as the same bytes', async () => {
  const { Images } = await sandbox.clients
    .ec2('us-east-1')
    .send(new DescribeImagesCommand({ Owners: ['self'] }));
  expect(Images?.[0]?.Tags?.find(({ Key }) => Key === 'Text')?.Value).toBe(`${hostile}{build.ID}`);
});

it.each<[string, object, string]>([
  [
    'a template in a script',
    { provisioners: [{ type: 'shell', inline: ['docker ps --format "{{.Names}}"'] }] },
    'configs/test-ebs.json: provisioners[0].inline[0]: expected text, or a function of Packer such as {{timestamp}}, found {{.Names}}, ' +
      'which Packer would evaluate to nothing. Move the command to a file and name it in "script": Packer uploads that as it is.',
  ],
  [
    'a value with a template',
    {
      variables: { text: '{{timestamp}}' },
      provisioners: [{ type: 'shell', environment_vars: ['TEXT={var.text}'], inline: ['echo hi'] }],
    },
    'configs/test-ebs.json: provisioners[0].environment_vars[0]: expected a value of {var.text} without "{{", ' +
      'found "{{timestamp}}", which Packer would evaluate. Use another value, or pass it in a file.',
  ],
])('%s is refused, since no escape sequence stops Packer', async (_, change, message) => {
  await project.config('test-ebs', (config) => Object.assign(config, change));
  const run = await project.run(['plan', 'test-ebs', '--sandbox']);
  expect([run.exit, run.stderr.split('\n')]).toEqual([2, expect.arrayContaining([message])]);
});
