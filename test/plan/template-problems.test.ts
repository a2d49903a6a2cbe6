// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the shell's, and the subject of the tests
import { describe, expect, it } from 'vitest';
import { templateProblems } from '../../src/plan/template-problems.ts';
import { publication, settings } from './a-publication.ts';

const ofBuilder = (option: string, value: unknown) =>
  templateProblems(publication({ images: [settings({ builder: { [option]: value as string } })] })).map(
    ({ place, found }) => `${place}: ${found}`,
  );

const ofFile = (options: Record<string, string>) =>
  templateProblems(publication({ provisioners: [{ type: 'file', ...options }] })).map(({ place }) => place);

const nothing = 'which Packer would evaluate to nothing';

describe('a template in tags and descriptions', () => {
  it.each([
    ['tags', { Base: '{{ .SourceAMIName }} of {{.SourceAMI}}', Built: '{{timestamp}} {{isotime "2006"}}' }],
    ['tags', { Name: '{{ index .SourceAMITags "Name" }}{{if true}}x{{end}}', Odd: '}} ${x} %{x} é "q"' }],
    ['tag', [{ key: 'Base', value: '{{.SourceAMIOwnerName}}' }]],
    ['ami_description', '{{.BuildRegion}} {{ `{` }}'],
    ['bundle_vol_command', '{{.KeyPath}} {{.Anything}}'],
  ])('is left to Packer where it is its own: %s %j', (option, value) => {
    expect(ofBuilder(option, value)).toEqual([]);
  });

  it.each([
    ['tags', { Format: 'docker {{.Names}}' }, `images[0].builder.tags.Format: {{.Names}}, ${nothing}`],
    ['run_tags', { Open: 'a {{ b' }, `images[0].builder.run_tags.Open: {{ b, ${nothing}`],
    ['tags', { '{{.Key}}': 'x' }, `images[0].builder.tags: {{.Key}}, ${nothing}`],
    [
      'snapshot_tag',
      [{ key: 'k', value: '{{nope}}' }],
      `images[0].builder.snapshot_tag[0].value: {{nope}}, ${nothing}`,
    ],
    ['ami_description', '{{.Nope}}', `images[0].builder.ami_description: {{.Nope}}, ${nothing}`],
    ['tags', { Near: '{{.SourceAMIs}}' }, `images[0].builder.tags.Near: {{.SourceAMIs}}, ${nothing}`],
  ])('is refused where it is not: %s %j', (option, value, said) => {
    expect(ofBuilder(option, value)).toEqual([said]);
  });

  it('is refused in the options of a region, too', () => {
    const regions = [{ name: 'us-east-1', bestEffort: false, builder: { tags: { A: '{{.Nope}}' } } }];
    expect(templateProblems(publication({ regions })).map(({ place }) => place)).toEqual([
      'regions.us-east-1.tags.A',
    ]);
  });
});

describe('a template in another option', () => {
  it.each([
    ['user_data', '#!/bin/sh\necho {{timestamp}} }} ${x} %{x}\n'],
    ['launch_block_device_mappings', [{ device_name: '/dev/sda1', volume_size: 8 }]],
    ['iam_instance_profile', '{{env `PROFILE`}}'],
  ])('of a builder is left to Packer where it is its own: %s %j', (option, value) => {
    expect(ofBuilder(option, value)).toEqual([]);
  });

  it.each([
    ['user_data', '## template: jinja\nname: {{ ds.meta_data }}', '{{ ds.meta_data }}', 'user_data_file'],
    ['user_data', '{{.Names}}', '{{.Names}}', 'user_data_file'],
    ['iam_instance_profile', '{{.SourceAMI}}', '{{.SourceAMI}}', 'without "{{"'],
  ])('of a builder is refused where it is not: %s %j', (option, value, found, advice) => {
    const images = [settings({ builder: { [option]: value } })];
    expect(templateProblems(publication({ images }))).toEqual([
      {
        place: `images[0].builder.${option}`,
        expected: 'text, or a function of Packer such as {{timestamp}}',
        found: `${found}, ${nothing}`,
        advice: expect.stringContaining(advice),
      },
    ]);
  });

  it.each([
    ['shell', 'execute_command', '{{.Vars}} sh {{.Path}}', []],
    ['powershell', 'elevated_execute_command', '{{.Vars}} {{.Path}}', []],
    ['ansible-local', 'command', '{{.Any}}', []],
    ['somebody-elses', 'greeting', '{{.Any}}', []],
    ['shell', 'inline_shebang', '/bin/sh {{.Any}}', ['provisioners[0].inline_shebang']],
    ['shell', 'remote_path', '/tmp/{{', ['provisioners[0].remote_path']],
    ['shell-local', 'command', 'docker ps {{.Names}}', ['provisioners[0].command']],
    ['file', 'content', '{{.Names}}', ['provisioners[0].content']],
  ])('of %s: %s %s', (type, option, text, places) => {
    const provisioners = [{ type, [option]: text }];
    expect(templateProblems(publication({ provisioners })).map(({ place }) => place)).toEqual(places);
  });
});

it('a template in the paths of a file provisioner is refused if it is not Packer’s', () => {
  expect(ofFile({ source: '{{template_dir}}/x', destination: '/tmp/}} ${x}' })).toEqual([]);
  expect(ofFile({ source: 'a{{.b}}', destination: '/tmp/{{' })).toEqual([
    'provisioners[0].source',
    'provisioners[0].destination',
  ]);
});
