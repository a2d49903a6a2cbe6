import { expect, it } from 'vitest';
import { recordable, recordDestination } from '../../src/commands/record-destination.ts';
import { readPublication } from '../../src/config/read-publication.ts';
import { publicationRules } from '../../src/plan/publication-rules.ts';
import { folderWith, least, refusal } from '../config/a-config.ts';

const recording = (change: Record<string, unknown> = {}) => ({ ...least, record: 'ami_ids.json', ...change });
const read = (config: unknown) =>
  readPublication('web', { cwd: folderWith(config), rules: [...publicationRules, recordable] });
const host = { cwd: '/project', name: 'here', pid: 1 };
const [image = {}] = least.images;

it('a publication records where it says, seen from the working folder; a rehearsal to a copy', () => {
  const publication = read(recording({ record: './out/ids.json' }));
  expect(recordDestination(publication, host, { sandbox: false })?.file).toEqual({
    path: '/project/out/ids.json',
    shown: 'out/ids.json',
  });
  expect(recordDestination(publication, host, { sandbox: true })?.file).toEqual({
    path: '/project/.gopackgo/sandbox/out%2Fids.json',
    shown: '.gopackgo/sandbox/out%2Fids.json',
    startFrom: { path: '/project/out/ids.json', shown: 'out/ids.json' },
  });
  expect(recordDestination(read(least), host, { sandbox: false })).toBeUndefined();
});

it('knows each image’s release by its base, or by the matrix', () => {
  const images = [
    image,
    {
      ...image,
      matrix: { ubuntu: ['2004'] },
      name: '{ubuntu}-arm',
      architecture: 'arm64',
      base: { ssm: '/a/{ubuntu}' },
      builder: { instance_type: 'm7g.large', ssh_username: 'ubuntu' },
    },
  ];
  const to = recordDestination(read(recording({ images })), host, { sandbox: false });
  expect([...(to?.kinds ?? [])]).toEqual([
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
    'an image whose release nothing says',
    recording({ images: [{ ...image, base: { ssm: '/golden' }, builder }] }),
    /^images\[0\]\.base: .*found 2204-hvm, whose Ubuntu release is not known/,
  ],
  [
    'images that the file could not tell apart',
    recording({ images: [image, { ...image, name: 'gpu' }] }),
    /^images\[1\]: .*found 2204-hvm and gpu, both Ubuntu 2204 hvm x86_64 ebs/,
  ],
])('refuses %s', (_what, config, line) => {
  const lines = refusal(() => read(config));
  expect(lines).toHaveLength(1);
  expect(lines[0]?.replace('configs/web.json: ', '')).toMatch(line);
});

it('asks nothing of images where nothing is recorded', () => {
  expect(
    read({ ...least, images: [{ ...image, base: { ssm: '/golden' }, builder }] }).record,
  ).toBeUndefined();
});
