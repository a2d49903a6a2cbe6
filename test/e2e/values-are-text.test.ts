// biome-ignore-all lint/suspicious/noTemplateCurlyInString: HCL's and the shell's, and the subject of the tests
import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import {
  DescribeImagesCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  type Tag,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newProject, type Project, type RunningSandbox } from './project.ts';

/** Everything that HCL or a shell would evaluate, and half of what Packer would. */
const hostile =
  '${build.SSHPrivateKey} ${HOME} $${build.ID} $$${source.name} %{if true} %%{x} $(id) `id` { $';
/** The part of it that git allows in the name of a branch. */
const branch = 'x${build.SSHPrivateKey}%{if}$(id)';

/** Characters that any text of a config may contain, on one line and on two. */
const line = '}} ${x} %{x} "double" \'single\' `id` \\n é 日本 🙂 100%';
const lines = `${line}\nsecond\tline`;
/**
 * EC2 accepts any character in keys and values of tags ("Tag your Amazon EC2 resources", Amazon EC2 User Guide: "Tag restrictions"), line
 * breaks and tabs included, also at the beginning and the end.
 */
const tags = { Own: line, Lines: lines, Ends: '\n é\t\n' };
const keyOfLines = 'two\nlines é';
/** Text that no option that Packer evaluates may contain: it arrives in a file. */
const ofFiles = `#!/bin/sh\ncat <<'END'\n{{.Names}} {{ ${lines} {{timestamp}}\nEND\n`;
const uploaded = 'a }} ${x} %{x} é';

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
    const builder = {
      ...image?.builder,
      tags: { Text: '{var.text}{build.ID}', ...tags, [`Key ${line}`]: 'x', [keyOfLines]: '' },
      run_tags: tags,
      snapshot_tags: tags,
      ami_description: line.replace(/ é.* 🙂/u, ''),
      user_data: `#!/bin/sh\n# ${lines}\n`,
    };
    config.images = [{ ...image, builder }];
    config.provisioners = [
      { type: 'file', source: `./${uploaded}`, destination: `/tmp/${uploaded}` },
      { type: 'shell', script: 'verbatim.sh' },
      { type: 'shell', environment_vars: [`OWN=${lines}`], inline: ["cat <<'OWN'", lines, 'OWN'] },
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
  await writeFile(project.path('configs', uploaded), ofFiles);
  await writeFile(project.path('configs/verbatim.sh'), ofFiles);
  const words = ['publish', 'test-ebs', '--sandbox', '--yes', '--run-local', '--only', '2404-hvm'];
  const run = await project.run([...words, '--var', `text=${hostile}`]);
  expect(run.exit, run.stderr).toBe(0);
});
afterAll(() => project.remove());

const onBuilder = (pattern: string) => globSync(project.path('.gopackgo/sandbox/state/instances/*', pattern));
const scripts = () => onBuilder('files/tmp/script_*').map((script) => readFileSync(script, 'utf8'));
const ec2 = () => sandbox.clients.ec2('us-east-1');
const tagValue = (tags: Tag[] | undefined, key: string) => tags?.find(({ Key }) => Key === key)?.Value;

it('a value reaches a script on the builder as the same bytes', () => {
  const script = scripts().find((text) => text.includes(branch));
  expect(script?.split('\n').slice(2, -2)).toEqual([hostile, branch, `\${build.ID} %{x} $${hostile}`]);
});

it('text reaches a script on the builder, and its environment, as the same bytes', () => {
  const script = scripts().find((text) => text.includes("cat <<'OWN'"));
  expect(script?.split('\n').slice(1)).toEqual(["cat <<'OWN'", ...lines.split('\n'), 'OWN', '']);
  const ran = onBuilder('commands.ndjson').flatMap((file) =>
    readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((one) => JSON.stringify(JSON.parse(one)).replaceAll('\\"', '"')),
  );
  const quoted = JSON.stringify(`OWN='${lines.replaceAll("'", `'"'"'`)}'`).slice(1, -1);
  expect(ran.join('\n')).toContain(quoted.replaceAll('\\"', '"'));
});

it('files reach the builder unchanged, with unchanged names', () => {
  expect(scripts()).toContain(ofFiles);
  const [file] = onBuilder('files/tmp/a *');
  expect(file?.endsWith(`/tmp/${uploaded}`)).toBe(true);
  expect(readFileSync(file ?? '', 'utf8')).toBe(ofFiles);
});

it('text reaches user data, tags and descriptions as the same bytes', async () => {
  const { Reservations } = await ec2().send(new DescribeInstancesCommand({}));
  const [builder] = (Reservations ?? []).flatMap(({ Instances }) => Instances ?? []);
  const attribute = { InstanceId: builder?.InstanceId, Attribute: 'userData' } as const;
  const { UserData } = await ec2().send(new DescribeInstanceAttributeCommand(attribute));
  expect(Buffer.from(UserData?.Value ?? '', 'base64').toString()).toBe(`#!/bin/sh\n# ${lines}\n`);
  const { Images: [ami] = [] } = await ec2().send(new DescribeImagesCommand({ Owners: ['self'] }));
  const { Snapshots: [snapshot] = [] } = await ec2().send(
    new DescribeSnapshotsCommand({ OwnerIds: ['self'] }),
  );
  for (const one of [ami, builder, snapshot])
    expect(Object.fromEntries((one?.Tags ?? []).map(({ Key, Value }) => [Key, Value]))).toMatchObject(tags);
  expect(tagValue(ami?.Tags, `Key ${line}`)).toBe('x');
  expect(tagValue(ami?.Tags, keyOfLines)).toBe('');
  expect(ami?.Description).toBe(line.replace(/ é.* 🙂/u, ''));
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
  const { Images } = await ec2().send(new DescribeImagesCommand({ Owners: ['self'] }));
  expect(tagValue(Images?.[0]?.Tags, 'Text')).toBe(`${hostile}{build.ID}`);
});

it.each<[string, object, string]>([
  [
    'a template in a script',
    { provisioners: [{ type: 'shell', inline: ['docker ps --format "{{.Names}}"'] }] },
    'configs/test-ebs.json: provisioners[0].inline[0]: expected text, or a function of Packer such as {{timestamp}}, found {{.Names}}, ' +
      'which Packer would evaluate to nothing. Move the command to a file and set it as "script": Packer uploads it unchanged.',
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
