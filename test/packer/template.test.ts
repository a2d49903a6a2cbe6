// biome-ignore-all lint/suspicious/noTemplateCurlyInString: HCL's, and the subject of the tests
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ActionableError } from '../../src/lib/actionable-error.ts';
import type { Json } from '../../src/model/publication.ts';
import type { Target } from '../../src/model/release-plan.ts';
import { templatesFor, writeTemplates } from '../../src/packer/template.ts';
import { instanceStoreTarget, planOf, targetOf } from './plan.ts';

const rich = targetOf('us-east-1-2404-hvm', {
  packer: {
    builder: 'amazon-ebs',
    options: {
      ssh_username: 'ubuntu',
      instance_type: 't3.micro',
      launch_block_device_mappings: [
        { volume_size: 8, device_name: '/dev/sda1', delete_on_termination: true },
      ],
      ami_description: 'costs $5, holds ${HOME} and %{x}',
      tags: { Team: 'images', 'base-${X}': '{{ .SourceAMI }}' },
      aws_polling: { max_attempts: 2880 },
    },
    provisioners: [
      { type: 'file', options: { source: 'provision/motd', destination: '/tmp/motd' } },
      {
        type: 'shell',
        options: {
          inline: ['echo "${HOME}" \'%{x}\' ünï', 'echo ${build.ID} ${source.name} $$'],
          environment_vars: ['A=${B}'],
        },
      },
    ],
  },
});
const plan = planOf(
  rich,
  targetOf('us-east-1-2204-hvm'),
  instanceStoreTarget('us-east-1-1404-pv'),
  instanceStoreTarget('us-east-1-1404-hvm'),
  targetOf('eu-west-1-2204-hvm'),
);

const sourceOf = (target: Target): Record<string, Json> =>
  JSON.parse(templatesFor(planOf(target))[0]?.text ?? '').source[target.packer.builder][target.name];

it.each(templatesFor(plan))('writes $fileName like the golden file', async ({ fileName, text }) => {
  await expect(text).toMatchFileSnapshot(`../golden/${fileName}`);
});

it('writes the same bytes for any order of targets and keys', () => {
  const shuffle = (value: Json): Json =>
    Array.isArray(value)
      ? value.map(shuffle)
      : value !== null && typeof value === 'object'
        ? Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([key, item]) => [key, shuffle(item)]),
          )
        : value;
  const shuffled = {
    ...plan,
    targets: plan.targets.map((target) => shuffle(JSON.parse(JSON.stringify(target)))).reverse(),
  };
  expect(templatesFor(shuffled as unknown as typeof plan)).toEqual(templatesFor(plan));
});

it.each([
  ['${HOME}', '$${HOME}'],
  ['%{x}', '%%{x}'],
  ['$${X} $$${X}', '$$${X} $$$${X}'],
  ['${build.ID}', '${build.ID}'],
  ['${source.name}', '${source.name}'],
  ['${builder} ${source}', '$${builder} $${source}'],
  ['${var.host}', '$${var.host}'],
  ['%{build.ID}', '%%{build.ID}'],
  ['$HOME $(cmd) 100% {{ .Vars }}', '$HOME $(cmd) 100% {{ .Vars }}'],
])('escapes %s as %s', (written, expected) => {
  const options = { instance_type: 'm5.large', ami_description: written, run_tags: { [written]: written } };
  const source = sourceOf(targetOf('us-east-1-2204-hvm', { packer: { ...rich.packer, options } }));
  expect(source.ami_description).toBe(expected);
  expect(source.run_tags).toMatchObject({ [expected]: expected });
});

it('puts the digests of the recipe only on the AMI', () => {
  const parts = { 'builder.instance_type': '0123abcd', base: '89abcdef' };
  const source = sourceOf({ ...targetOf('us-east-1-2204-hvm'), parts });
  expect(source.tags).toMatchObject({ 'gopackgo:parts': 'a89abc0123a' });
  for (const tags of [source.snapshot_tags, source.run_tags, source.run_volume_tags]) {
    expect(tags).not.toHaveProperty(['gopackgo:parts']);
  }
});

it("keeps the user's tags beside ours, with host and attempt only on the instance", () => {
  const options = { tags: { Team: 'images' }, run_tags: { Cost: '1' } };
  const source = sourceOf(targetOf('us-east-1-2204-hvm', { packer: { ...rich.packer, options } }));
  const own = {
    'gopackgo:release': 'test-ebs@1.0.0',
    'gopackgo:target': 'us-east-1-2204-hvm',
    'gopackgo:recipe': rich.recipe,
    'gopackgo:base': '099720109477/ubuntu/images/2204-hvm-20260101',
  };
  expect(source).toMatchObject({
    tags: { Team: 'images', ...own },
    snapshot_tags: own,
    run_volume_tags: own,
    run_tags: { Cost: '1', ...own, 'gopackgo:host': '${var.host}', 'gopackgo:attempt': '${var.attempt}' },
  });
  expect(Object.keys(source.tags as object)).not.toContain('gopackgo:host');
});

it.each<[string, Record<string, Json>]>([
  ['ssh_port', { ssh_port: 2222 }],
  ['ami_name', { ami_name: 'mine' }],
  ['run_tags', { run_tags: { 'gopackgo:attempt': 'x' } }],
  ['tags', { tags: ['Team'] }],
  ['aws_polling', { aws_polling: 5 }],
  ['ami_description', { ami_description: 'e\u0301' }],
])('refuses a builder option that would override ours, and names it: %s', (option, options) => {
  const make = () => sourceOf(targetOf('us-east-1-2204-hvm', { packer: { ...rich.packer, options } }));
  expect(make).toThrow(ActionableError);
  expect(make).toThrow(`us-east-1-2204-hvm: builder.${option}`);
});

it('refuses a name that is too long for a key pair', () => {
  const name = `us-east-1-${'x'.repeat(230)}`;
  expect(() => templatesFor(planOf(targetOf(name)))).toThrow(/at most 255 printable ASCII/);
});

it('writes one file for each region and leaves nothing else behind', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'templates-'));
  try {
    const written = await writeTemplates(plan, join(folder, 'new'));
    expect(written.map(({ region }) => region)).toEqual(['eu-west-1', 'us-east-1']);
    expect((await readdir(join(folder, 'new'))).sort()).toEqual(['eu-west-1.pkr.json', 'us-east-1.pkr.json']);
    const texts = await Promise.all(written.map(({ file }) => readFile(file, 'utf8')));
    expect(texts).toEqual(templatesFor(plan).map(({ text }) => text));
  } finally {
    await rm(folder, { recursive: true });
  }
});

const uploadOf = (credentials: 'instance-profile' | 'command-line') => {
  const target = instanceStoreTarget('us-east-1-1404-pv');
  const { bundle } = target;
  if (!bundle) throw new Error('it has a bundle');
  return sourceOf({ ...target, bundle: { ...bundle, credentials } }).bundle_upload_command;
};

it('puts keys on the command line of the upload only if the config says so, with the token', () => {
  expect(uploadOf('instance-profile')).not.toMatch(/AccessKey|SecretKey|Token| -[ast] /);
  expect(uploadOf('command-line')).toContain(
    ' -a {{.AccessKey}} -s {{.SecretKey}}{{if .Token}} -t {{.Token}}{{end}} ',
  );
});

it('leaves bundle commands of the config as they are', () => {
  const own = { bundle_vol_command: 'make-it {{.Destination}} ${HOME}', bundle_upload_command: 'send-it' };
  const target = instanceStoreTarget('us-east-1-1404-pv');
  const options = { ...target.packer.options, ...own };
  expect(sourceOf({ ...target, packer: { ...target.packer, options } })).toMatchObject({
    bundle_vol_command: 'make-it {{.Destination}} $${HOME}',
    bundle_upload_command: 'send-it',
  });
});

it('names certificate and key as variables, only in a region that needs them', () => {
  const variables = templatesFor(plan).map(({ region, text }) => [
    region,
    Object.keys(JSON.parse(text).variable),
  ]);
  const always = ['ssh_port', 'host', 'attempt'];
  expect(variables).toEqual([
    ['eu-west-1', always],
    ['us-east-1', [...always, 'x509_cert', 'x509_key']],
  ]);
});
