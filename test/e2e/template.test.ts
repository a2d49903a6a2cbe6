// biome-ignore-all lint/suspicious/noTemplateCurlyInString: HCL's, and the subject of the tests
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packerEnvironment } from '../../src/packer/environment.ts';
import { escapeOptions } from '../../src/packer/escape.ts';
import { findPacker, type PackerProgram } from '../../src/packer/executable.ts';
import { writeTemplates } from '../../src/packer/template.ts';
import { validateTemplates } from '../../src/packer/validate.ts';
import { instanceStoreTarget, planOf, targetOf } from '../packer/plan.ts';

let folder: string;
let packer: PackerProgram;
let environment: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'packer validates '));
  await mkdir(join(folder, 'provision'));
  await writeFile(join(folder, 'provision/test-ebs.sh'), 'true\n');
  packer = await findPacker({ environment: process.env, folder: process.cwd() });
  environment = packerEnvironment({
    base: 'production',
    processEnv: process.env,
    home: folder,
    cacheDir: join(folder, 'cache'),
    workingFolder: process.cwd(),
    variables: {},
    credentials: {},
    ...(packer.pluginFolder === undefined ? {} : { pluginFolder: packer.pluginFolder }),
  });
});
afterAll(() => rm(folder, { recursive: true }));

const inFolder = (files: { region: string; file: string }[], variables: Record<string, string> = {}) =>
  validateTemplates({
    packer: packer.path,
    templates: files,
    cwd: folder,
    environment: { ...environment, ...variables },
    parallel: 2,
  });

it('accepts the templates of a plan with several targets in a region, options and tags of all kinds', async () => {
  const options = {
    instance_type: 't3.micro',
    ssh_username: 'ubuntu',
    ami_description: 'ünï ${HOME} %{x} "quoted"\nsecond line',
    launch_block_device_mappings: [{ device_name: '/dev/sda1', volume_size: 8 }],
    run_tags: { 'Team ${X}': '%{y}' },
    tags: { Base: '{{ .SourceAMI }}' },
  };
  const provisioners = [
    {
      type: 'shell',
      options: { inline: ['echo "${HOME}" ${build.ID} ${source.name}'], environment_vars: ['A=%{x}'] },
    },
    { type: 'shell', options: { script: 'provision/test-ebs.sh' } },
  ];
  const rich = targetOf('us-east-1-2404-hvm', { packer: { builder: 'amazon-ebs', options, provisioners } });
  const plan = planOf(rich, targetOf('us-east-1-2204-hvm'), targetOf('eu-west-1-2204-hvm'));
  const files = await writeTemplates(plan, join(folder, 'good'));
  expect(await inFolder(files)).toEqual(files.map((file) => ({ ...file, ok: true })));
});

it('accepts instance-store targets beside others, once it knows the paths of certificate and key', async () => {
  const files = await writeTemplates(
    planOf(
      targetOf('us-east-1-2204-hvm'),
      instanceStoreTarget('us-east-1-1404-pv'),
      instanceStoreTarget('us-east-1-1404-hvm'),
    ),
    join(folder, 'instance-store'),
  );
  for (const name of ['certificate.pem', 'private-key.pem']) await writeFile(join(folder, name), '');
  expect(await inFolder(files)).toEqual([
    expect.objectContaining({
      ok: false,
      message: expect.stringContaining('x509_cert_path is required'),
    }),
  ]);
  const variables = {
    PKR_VAR_x509_cert: join(folder, 'certificate.pem'),
    PKR_VAR_x509_key: join(folder, 'private-key.pem'),
  };
  expect(await inFolder(files, variables)).toEqual([{ ...files[0], ok: true }]);
});

it("says in Packer's words which template is broken, and checks the others", async () => {
  const missing = { type: 'shell', options: { script: 'provision/absent.sh' } };
  const broken = targetOf('eu-west-1-2204-hvm', {
    packer: { ...targetOf('eu-west-1-2204-hvm').packer, provisioners: [missing] },
  });
  const files = await writeTemplates(planOf(broken, targetOf('us-east-1-2204-hvm')), join(folder, 'broken'));
  expect(await inFolder(files)).toEqual([
    {
      ...files[0],
      ok: false,
      message: expect.stringContaining('provision/absent.sh'),
      refusals: [
        {
          words: expect.stringContaining("Bad script 'provision/absent.sh'"),
          target: broken.name,
          provisioner: 0,
          option: [],
        },
      ],
    },
    { ...files[1], ok: true },
  ]);
});

/** `printf '%s'` writes each to a file; the shell gets it in single quotes. */
const texts = [
  '${HOME} $${HOME} $$${HOME}',
  '%{build.x} %{x} %%{x} %%%{y} ${ %{ $ % 100%',
  '"double" back`tick` \\back\\slash',
  'two\nlines\tand a tab',
  'ünïcödé 日本語 🙂',
  '{"json": ["${x}"]} [[ ]] #{x} {x}',
];

it("passes on a provisioner's text exactly as it was written", async () => {
  const out = join(folder, 'out');
  const inline = texts.map((text) => `printf '%s\\0' '${text}' >> '${out}'`);
  const options = { inline, environment_vars: ['ESCAPED=${NOT} %{seen}'], inline_shebang: '/bin/sh -e' };
  const template = {
    packer: { required_version: '>= 1.6.6' },
    source: { null: { here: { communicator: 'none' } } },
    build: [
      {
        sources: ['source.null.here'],
        provisioner: [
          { 'shell-local': escapeOptions(options, 'here') },
          {
            'shell-local': escapeOptions(
              {
                inline: [`printf '%s\\0' "$ESCAPED" '\${source.name}' >> '${out}'`],
                environment_vars: options.environment_vars,
              },
              'here',
            ),
          },
        ],
      },
    ],
  };
  const file = join(folder, 'null.pkr.json');
  await writeFile(file, JSON.stringify(template));
  await promisify(execFile)(packer.path, ['build', file], { env: environment, cwd: folder });
  expect((await readFile(out, 'utf8')).split('\0')).toEqual([...texts, '${NOT} %{seen}', 'here', '']);
});
