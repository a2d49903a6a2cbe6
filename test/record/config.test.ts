import { expect, it } from 'vitest';
import { recordable, recordDestinations } from '../../src/commands/record-destination.ts';
import { readPublication } from '../../src/config/read-publication.ts';
import { combinedImages } from '../../src/plan/image.ts';
import { publicationRules } from '../../src/plan/publication-rules.ts';
import { kindsOf } from '../../src/record/kind.ts';
import { folderWith, least, refusal } from '../config/a-config.ts';

const recording = (change: Record<string, unknown> = {}) => ({ ...least, record: 'ami_ids.json', ...change });
const read = (config: unknown) =>
  readPublication('web', { cwd: folderWith(config), rules: [...publicationRules, recordable] });
const host = { cwd: '/project', name: 'here', pid: 1 };
const [image = {}] = least.images;

const what = 'a file of AMI ids';
const filesOf = (config: unknown, sandbox: boolean) =>
  recordDestinations(read(config), host, { sandbox }).map(({ file }) => file);

it('a publication records to its file, relative to the working folder; a rehearsal records to a copy', () => {
  const config = recording({ record: './out/ids.json' });
  const own = { path: '/project/out/ids.json', shown: 'out/ids.json', what };
  expect(filesOf(config, false)).toEqual([own]);
  expect(filesOf(config, true)).toEqual([
    {
      path: '/project/.gopackgo/sandbox/out%2Fids.json',
      shown: '.gopackgo/sandbox/out%2Fids.json',
      what,
      startFrom: own,
    },
  ]);
  expect(filesOf(least, false)).toEqual([]);
});

it('records to several files, each in its format', () => {
  const record = [
    { file: 'ids.json' },
    { file: 'amis.auto.tfvars.json', as: 'terraform', name: 'images' },
    { file: './amis.template.json', as: 'cloudformation' },
    { file: 'amis.json', as: 'json' },
    { file: 'NOTES.md', as: 'markdown' },
  ];
  const publication = read(recording({ record }));
  expect(publication.record).toEqual([
    { file: 'ids.json', as: 'ids' },
    { file: 'amis.auto.tfvars.json', as: 'terraform', name: 'images' },
    { file: 'amis.template.json', as: 'cloudformation' },
    { file: 'amis.json', as: 'json' },
    { file: 'NOTES.md', as: 'markdown' },
  ]);
  expect(filesOf(recording({ record }), false).map(({ shown }) => shown)).toHaveLength(5);
});

it('a candidate records to the files in "candidates"', () => {
  const candidates = { record: [{ file: 'next.json', as: 'json' }] };
  const publication = read(recording({ version: '1.0.0-rc1', candidates }));
  expect(publication.record).toEqual([{ file: 'next.json', as: 'json' }]);
});

const builder = { instance_type: 'm5.large', ssh_username: 'ubuntu' };
it.each<[what: string, config: unknown, line: RegExp]>([
  [
    'an absolute path',
    recording({ record: '/tmp/ids.json' }),
    /^record: expected a path within the working folder.*found an absolute one/,
  ],
  [
    'a path that leads out',
    recording({ record: 'a/../../ids.json' }),
    /^record: .*found one that leads out of it/,
  ],
  [
    'the folder that may be deleted',
    recording({ record: '.gopackgo/ids.json' }),
    /^record: .*may be deleted/,
  ],
  ['a file that is no JSON', recording({ record: 'ids.txt' }), /^record: expected the path of a \.json file/],
  [
    'a path with a line break',
    recording({ record: 'i\nds.json' }),
    /^record: expected the path of a \.json file/,
  ],
  [
    'a file that Terraform would not read',
    recording({ record: [{ file: 'amis.json', as: 'terraform' }] }),
    /^record\[0\]\.file: expected a file that ends in \.tfvars\.json/,
  ],
  [
    'a file twice',
    recording({ record: [{ file: 'a.json' }, { file: './a.json', as: 'json' }] }),
    /^record\[1\]\.file: expected each file once/,
  ],
  [
    'an unknown format',
    recording({ record: [{ file: 'a.yaml', as: 'yaml' }] }),
    /^record\[0\]\.as: expected "ids", "terraform", .*found "yaml"/,
  ],
  [
    'a name that nothing has',
    recording({ record: [{ file: 'a.json', as: 'json', name: 'a' }] }),
    /^record\[0\]\.file: expected "name" only for "terraform" and "cloudformation"/,
  ],
  [
    'images that a mapping could not tell apart',
    recording({
      record: [{ file: 'a.json', as: 'cloudformation' }],
      images: [image, { ...image, name: '2204_hvm' }],
    }),
    /^images\[1\]\.name: .*found 2204-hvm and 2204_hvm, both 2204Hvm/,
  ],
])('refuses %s', (_what, config, line) => {
  const lines = refusal(() => read(config));
  expect(lines).toHaveLength(1);
  expect(lines[0]?.replace('configs/web.json: ', '')).toMatch(line);
});

it('writes a name for an image whose release is unknown, and for images that do not differ otherwise', () => {
  const other = { ...image, base: { ssm: '/golden' }, builder };
  const images = [
    image,
    { ...image, name: 'gpu' },
    { ...other, name: 'golden' },
    { ...other, name: 'arm', architecture: 'arm64' },
  ];
  const kind = { virtualization: 'hvm', architecture: 'x86_64', rootDevice: 'ebs' };
  const ubuntu = { ...kind, distributor: 'Ubuntu', release: '2204' };
  expect([...kindsOf('web', combinedImages(read(recording({ images }))))]).toEqual([
    ['2204-hvm', { ...ubuntu, name: 'web/2204-hvm' }],
    ['gpu', { ...ubuntu, name: 'web/gpu' }],
    ['golden', { ...kind, name: 'web/golden' }],
    ['arm', { ...kind, architecture: 'arm64', name: 'web/arm' }],
  ]);
});

it('knows an image’s release by its base, or by the matrix', () => {
  const matrix = {
    ...image,
    matrix: { ubuntu: ['2004'] },
    name: '{ubuntu}-arm',
    architecture: 'arm64',
    base: { ssm: '/a/{ubuntu}' },
    builder: { instance_type: 'm7g.large', ssh_username: 'ubuntu' },
  };
  const kinds = kindsOf('web', combinedImages(read(recording({ images: [image, matrix] }))));
  expect([...kinds]).toEqual([
    [
      '2204-hvm',
      {
        distributor: 'Ubuntu',
        release: '2204',
        virtualization: 'hvm',
        architecture: 'x86_64',
        rootDevice: 'ebs',
      },
    ],
    [
      '2004-arm',
      {
        distributor: 'Ubuntu',
        release: '2004',
        virtualization: 'hvm',
        architecture: 'arm64',
        rootDevice: 'ebs',
      },
    ],
  ]);
});
