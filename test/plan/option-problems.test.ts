import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Problem } from '../../src/lib/problem.ts';
import type { Publication } from '../../src/model/publication.ts';
import { firstBytes } from '../../src/plan/file-content.ts';
import { combinedImages } from '../../src/plan/image.ts';
import { optionProblems } from '../../src/plan/option-problems.ts';
import { partitionProblems } from '../../src/plan/partition-problems.ts';
import { missingFiles } from '../../src/plan/publication-rules.ts';
import { unfilledPlaceholderProblems } from '../../src/plan/unfilled-placeholder-problems.ts';
import { publication } from './a-publication.ts';

type Options = Publication['images'][number]['builder'];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gopackgo-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const withOptions = (builder: Options, more: Partial<Publication> = {}): Publication => {
  const { images, ...rest } = publication();
  return { ...rest, folder, images: images.slice(0, 1).map((image) => ({ ...image, builder })), ...more };
};
const of = (builder: Options, more: Partial<Publication> = {}): Problem[] => {
  const whole = withOptions(builder, more);
  return optionProblems(whole, combinedImages(whole), firstBytes);
};
const said = (problems: Problem[]) => problems.map(({ place, found }) => `${place}: ${found}`);
const sharing = { public: false, accounts: ['210987654321'], organizations: [], snapshots: true };
const regions = [
  { name: 'us-east-1', bestEffort: false, builder: {} },
  { name: 'eu-west-1', bestEffort: false, builder: {} },
];

describe('descriptions', () => {
  it('are at most 255 ASCII characters, after placeholders are filled in', () => {
    expect(of({ ami_description: 'a'.repeat(255) })).toEqual([]);
    expect(said(of({ ami_description: 'a'.repeat(256) }))).toEqual([
      'images[0].builder.ami_description: 256, placeholders filled in',
    ]);
    const long = `${'a'.repeat(250)}{version}`;
    expect(said(of({ ami_description: long }, { version: '1.0.0' }))).toEqual([]);
    expect(said(of({ ami_description: long }, { version: '10.10.10' }))).toHaveLength(1);
    expect(said(of({ ami_description: 'Web — {version}' }))).toEqual([
      'images[0].builder.ami_description: "—" (U+2014), which EC2 refuses',
    ]);
  });

  it('do not count text that Packer fills in, whose length is not known', () => {
    expect(of({ ami_description: `${'a'.repeat(250)}{{ .SourceAMIName }}` })).toEqual([]);
  });

  it('are reported once for all regions, and those of one region at its place', () => {
    const wrong = 'a'.repeat(256);
    expect(of({ ami_description: wrong }, { regions })).toHaveLength(1);
    const [first] = regions;
    const own = [{ name: 'us-east-1', bestEffort: false, builder: { ami_description: wrong } }];
    expect(first).toBeDefined();
    expect(said(of({}, { regions: own }))).toEqual([
      'regions.us-east-1.ami_description: 256, placeholders filled in',
    ]);
  });
});

describe('tags', () => {
  const many = (number: number) =>
    Object.fromEntries(Array.from({ length: number }, (_, index) => [`key${index}`, 'value']));

  it.each([
    ['tags', 37],
    ['snapshot_tags', 43],
    ['run_tags', 43],
    ['run_volume_tags', 44],
    ['spot_tags', 50],
  ])('in %s may be %i beside those of gopackgo and Packer', (option, room) => {
    expect(of({ [option]: many(room) })).toEqual([]);
    expect(said(of({ [option]: many(room + 1) }))).toEqual([
      expect.stringMatching(new RegExp(`^images\\[0\\]\\.builder\\.${option}: 51`)),
    ]);
  });

  it('of a snapshot include those of its AMI, each key once', () => {
    expect(of({ tags: many(30), snapshot_tags: many(30) })).toEqual([]);
    const others = { a: '', b: '', ...many(30) };
    const more = Object.fromEntries(Object.keys(many(30)).map((key) => [`other ${key}`, '']));
    expect(said(of({ tags: others, snapshot_tags: more }))).toEqual([
      expect.stringContaining('images[0].builder.snapshot_tags: 69'),
    ]);
  });

  it('of an AMI include those of its builder, unless Packer is configured not to copy them', () => {
    const options = { tags: many(30), run_tags: { a: '', b: '', ...many(39) } };
    expect(said(of(options))).toEqual([expect.stringContaining('images[0].builder.tags: 54')]);
    expect(of({ ...options, skip_ami_run_tags: true })).toEqual([]);
  });

  it.each<[string, Options, string]>([
    ['an empty key', { tags: { '': 'x' } }, 'images[0].builder.tags[""]: an empty key'],
    ['a long key', { run_tags: { ['k'.repeat(129)]: 'x' } }, 'one of 129'],
    [
      'a long value',
      { snapshot_tags: { Name: 'v'.repeat(257) } },
      'images[0].builder.snapshot_tags.Name: one of 257',
    ],
    ['null', { tags: { Owner: null } }, 'images[0].builder.tags.Owner: null'],
    ['a block without a value', { tag: [{ key: 'Owner' }] }, 'images[0].builder.tag[0]: nothing'],
    [
      'a block with a long value',
      { run_tag: [{ key: 'a', value: 'v'.repeat(257) }] },
      'images[0].builder.run_tag[0]: one of 257',
    ],
  ])('with %s are refused', (_, options, problem) => {
    expect(said(of(options))).toEqual([expect.stringContaining(problem)]);
  });

  it('of the maximum lengths, in Unicode characters, are accepted', () => {
    expect(
      of({ tags: { ['ä'.repeat(128)]: '🙂'.repeat(256), Source: `${'v'.repeat(250)}{{ .SourceAMI }}` } }),
    ).toEqual([]);
  });
});

describe('user data', () => {
  const write = (name: string, content: string | Buffer) => {
    writeFileSync(join(folder, name), content);
    return name;
  };

  it('is at most 16 KiB, in a file or not', () => {
    expect(of({ user_data: 'a'.repeat(16384) })).toEqual([]);
    expect(said(of({ user_data: '#'.repeat(16385) }))).toEqual(['images[0].builder.user_data: 16385']);
    expect(said(of({ user_data: 'ä'.repeat(8193) }))).toEqual(['images[0].builder.user_data: 16386']);
    expect(of({ user_data_file: write('small', '#'.repeat(16384)) })).toEqual([]);
    expect(said(of({ user_data_file: write('big', '#'.repeat(23_000)) }))).toEqual([
      'images[0].builder.user_data_file: 23000',
    ]);
    expect(said(of({ user_data_file: write('huge', '#'.repeat(99_000)) }))).toEqual([
      'images[0].builder.user_data_file: twice that, or more',
    ]);
  });

  it('that is already encoded counts decoded', () => {
    const encoded = Buffer.alloc(16384, 1).toString('base64');
    expect(of({ user_data: encoded, user_data_file: write('encoded', encoded) })).toEqual([]);
    expect(said(of({ user_data: Buffer.alloc(16385, 1).toString('base64') }))).toEqual([
      'images[0].builder.user_data: 16385',
    ]);
  });

  it('in a missing file is reported as such', () => {
    expect(of({ user_data_file: 'nowhere' })).toEqual([]);
  });
});

describe('encryption', () => {
  const device = { device_name: '/dev/sda1', encrypted: true };
  const mapped = (more: Options = {}) => ({ launch_block_device_mappings: [{ ...device, ...more }] });
  const place = 'images[0].builder.launch_block_device_mappings[0]';
  const key = (region: string, partition = 'aws') =>
    `arn:${partition}:kms:${region}:123456789012:key/1234abcd`;

  it.each<[string, Options, Partial<Publication['share']>, string[]]>([
    ['alone', mapped(), { accounts: [] }, []],
    ['shared', mapped(), {}, [`${place}.encrypted: true, without "kms_key_id"`]],
    [
      'shared, as a text',
      mapped({ encrypted: 'true' }),
      {},
      [`${place}.encrypted: true, without "kms_key_id"`],
    ],
    [
      'shared with an organization',
      mapped(),
      { accounts: [], organizations: ['arn:aws:organizations::1:o'] },
      [`${place}.encrypted: true, without "kms_key_id"`],
    ],
    ['shared, with a key', mapped({ kms_key_id: key('us-east-1') }), {}, []],
    [
      'shared, with the AWS managed key',
      mapped({ kms_key_id: 'alias/aws/ebs' }),
      {},
      [`${place}.kms_key_id: "alias/aws/ebs"`],
    ],
    ['public', mapped(), { public: true }, [`${place}.encrypted: true`]],
    [
      'public, with a key',
      mapped({ kms_key_id: 'alias/own' }),
      { public: true },
      [`${place}.encrypted: true`],
    ],
    ['not asked for', mapped({ encrypted: false }), { public: true }, []],
  ])('%s', (_, options, share, problems) => {
    const us = [{ name: 'us-east-1', bestEffort: false, builder: {} }];
    expect(said(of(options, { share: { ...sharing, ...share }, regions: us }))).toEqual(problems);
  });

  it('with a key of another region or partition is refused, at its place', () => {
    const private_ = { ...sharing, accounts: [] };
    const at = (kms: string) => said(of(mapped({ kms_key_id: kms }), { share: private_, regions }));
    expect(at(key('us-east-1'))).toEqual([`${place}.kms_key_id: one in us-east-1`]);
    expect(at(key('us-east-1', 'aws-cn'))).toEqual([
      `${place}.kms_key_id: one of the partition aws-cn`,
      `${place}.kms_key_id: one of the partition aws-cn`,
    ]);
    expect(at('alias/own')).toEqual([]);
    expect(at('1234abcd-12ab-34cd-56ef-1234567890ab')).toEqual([]);
  });
});

describe('partitions', () => {
  const of_ = (...names: string[]) => names.map((name) => ({ name, bestEffort: false, builder: {} }));
  const organization = (partition: string) =>
    `arn:${partition}:organizations::123456789012:organization/o-a1b2c3d4e5`;

  it('of regions must be the same', () => {
    expect(partitionProblems(withOptions({}, { regions: of_('us-east-1', 'eu-west-1') }))).toEqual([]);
    expect(partitionProblems(withOptions({}, { regions: of_('cn-north-1', 'cn-northwest-1') }))).toEqual([]);
    expect(said(partitionProblems(withOptions({}, { regions: of_('us-gov-west-1', 'us-east-1') })))).toEqual([
      'regions: us-gov-west-1 of aws-us-gov; us-east-1 of aws',
    ]);
  });

  it('of organizations must be those of the regions', () => {
    const shared = (partition: string, region: string) =>
      partitionProblems(
        withOptions(
          {},
          { regions: of_(region), share: { ...sharing, organizations: [organization(partition)] } },
        ),
      );
    expect(shared('aws', 'us-east-1')).toEqual([]);
    expect(shared('aws-cn', 'cn-north-1')).toEqual([]);
    expect(said(shared('aws-us-gov', 'us-east-1'))).toEqual([
      `share.organizations: "${organization('aws-us-gov')}"`,
    ]);
  });
});

describe('placeholders that would stay as text', () => {
  const image = (matrix: Record<string, string[]>, builder: Options) => {
    const [first] = publication().images;
    if (!first) throw new Error('no image');
    return { ...first, matrix, builder };
  };
  const found = (more: Partial<Publication>) => said(unfilledPlaceholderProblems(withOptions({}, more)));

  it.each<[string, Partial<Publication>, string[]]>([
    [
      'the timestamp in a key',
      { images: [image({}, { tags: { '{timestamp.date}': '{timestamp}' } })] },
      ['images[0].builder.tags["{timestamp.date}"]: {timestamp.date}'],
    ],
    [
      "another image's variable",
      { images: [image({ ubuntu: ['2204'] }, {}), image({}, { ami_description: '{ubuntu}' })] },
      ['images[1].builder.ami_description: {ubuntu}, which would stay as it is written'],
    ],
    [
      "an image's own variable",
      { images: [image({ ubuntu: ['2204'] }, { ami_description: '{ubuntu}' })] },
      [],
    ],
    [
      'a placeholder in a key',
      { images: [image({}, { tags: { '{version}': 'x' } })] },
      ['images[0].builder.tags["{version}"]: {version}'],
    ],
    [
      "another image's variable in a tag",
      { images: [image({ ubuntu: ['2204'] }, {}), image({}, { run_tags: { Of: '{ubuntu}' } })] },
      ['images[1].builder.run_tags.Of: {ubuntu}, which would stay as it is written'],
    ],
    [
      'the text of a script',
      { images: [image({ ubuntu: ['2204'] }, {}), image({}, { user_data: 'awk {ubuntu}' })] },
      [],
    ],
    ["Packer's own", { images: [image({}, { tags: { Stamp: '{{timestamp}}' } })] }, []],
    ['unknown names in braces', { images: [image({}, { tags: { Stamp: '{now}' } })] }, []],
  ])('%s', (_, more, problems) => expect(found(more)).toEqual(problems));
});

describe('links in a folder that a provisioner uploads', () => {
  const upload = (source: string) => {
    const whole = withOptions({}, { provisioners: [{ type: 'file', source, destination: '/tmp/t' }] });
    return said(missingFiles(whole, combinedImages(whole), () => undefined));
  };
  beforeEach(() => {
    mkdirSync(join(folder, 'tree/inside'), { recursive: true });
    writeFileSync(join(folder, 'tree/inside/file'), '');
  });

  it('may lead to files and folders', () => {
    symlinkSync('inside/file', join(folder, 'tree/link'));
    symlinkSync('tree', join(folder, 'whole'));
    expect([...upload('tree'), ...upload('whole')]).toEqual([]);
  });

  it('that are broken, or lead in a circle, are named with their place', () => {
    symlinkSync('gone', join(folder, 'tree/inside/broken'));
    expect(upload('tree')).toEqual([
      'provisioners[0].source: tree/inside/broken, a link to "gone", which does not exist',
    ]);
    rmSync(join(folder, 'tree/inside/broken'));
    symlinkSync('round', join(folder, 'tree/round'));
    expect(upload('tree')).toEqual([
      'provisioners[0].source: tree/round, a link to "round", which is a loop',
    ]);
    rmSync(join(folder, 'tree/round'));
    symlinkSync('..', join(folder, 'tree/inside/up'));
    expect(upload('tree')).toEqual([
      'provisioners[0].source: tree/inside/up, a link to "..", the folder that it is in',
    ]);
    symlinkSync('nowhere', join(folder, 'alone'));
    expect(upload('alone')).toEqual([
      'provisioners[0].source: alone, a link to "nowhere", which does not exist',
    ]);
  });
});
