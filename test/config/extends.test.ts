import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { publicationsIn } from '../../src/config/find-publication.ts';
import { readPublication } from '../../src/config/read-publication.ts';
import { recordedFiles } from '../../src/config/recording-publications.ts';
import { publicationRules } from '../../src/plan/publication-rules.ts';
import { folderWith, least, read, refusal, withImage } from './a-config.ts';

/** The text of a config with one key on each line, so that line numbers can be checked. */
const lines = (config: object) => JSON.stringify(config, null, 2);

/** The line of a key that occurs once. */
const lineOf = (config: object, key: string) =>
  lines(config)
    .split('\n')
    .findIndex((line) => line.includes(`"${key}":`)) + 1;

const baseline = {
  ...least,
  record: 'ami_ids.json',
  share: { accounts: ['111111111111'], snapshots: false },
  variables: { stage: 'test' },
  provisioners: [{ type: 'shell', inline: ['echo {var.stage}'] }],
};

describe('a config that extends another', () => {
  it('merges objects key by key, replaces lists and plain values, and has its own name and therefore its own release', () => {
    const config = {
      extends: './base.json',
      version: '2.0.0',
      share: { accounts: ['222222222222'] },
      variables: { stage: 'production' },
    };
    const publication = read(config, { 'base.json': lines(baseline) });
    expect(publication).toMatchObject({
      name: 'web',
      file: 'configs/web.json',
      version: '2.0.0',
      amiName: least.amiName,
      record: [{ file: 'ami_ids.json', as: 'ids' }],
      share: { accounts: ['222222222222'], snapshots: false },
      variables: { stage: 'production' },
    });
  });

  it('removes a key of the other with null', () => {
    const config = { extends: './base.json', record: null, share: { snapshots: null } };
    const publication = read(config, { 'base.json': lines(baseline) });
    expect(publication.record).toBeUndefined();
    expect(publication.share).toMatchObject({ accounts: ['111111111111'], snapshots: true });
  });

  it('does not make a secret an ordinary text by null', () => {
    const secret = { ...baseline, variables: { stage: { secret: true } } };
    const config = { extends: './base.json', variables: { stage: null } };
    const more = { files: [], environment: { GOPACKGO_VAR_stage: 'correct horse' } };
    const cwd = folderWith(config, { 'base.json': lines(secret) });
    const publication = readPublication('web', { cwd, rules: publicationRules, more });
    expect(publication.variables).toBeUndefined();
    expect(publication.secrets).toEqual(new Map([['stage', 'correct horse']]));
  });

  it('keeps the meaning of null in "variables": a value is required', () => {
    const config = { extends: './base.json', variables: { stage: null } };
    expect(refusal(() => read(config, { 'base.json': lines(baseline) }))).toEqual([
      'configs/web.json:1: variables.stage: expected a value, found null. Add --var stage=VALUE',
    ]);
  });

  it('merges a chain, and a list in its order', () => {
    const files = {
      'first.json': lines({ ...baseline, version: '1' }),
      'second.json': lines({ extends: 'first.json', version: '2', record: null }),
      'more.json': lines({ version: '3', record: 'more.json' }),
    };
    expect(read({ extends: ['second.json'] }, files)).toMatchObject({ version: '2' });
    expect(read({ extends: ['second.json'] }, files).record).toBeUndefined();
    expect(read({ extends: ['second.json', 'more.json'] }, files)).toMatchObject({
      version: '3',
      record: [{ file: 'more.json', as: 'ids' }],
    });
    expect(read({ extends: ['more.json', 'first.json'] }, files)).toMatchObject({
      version: '1',
      record: [{ file: 'ami_ids.json', as: 'ids' }],
    });
  });

  it('replaces a list of regions by an object of them, and merges two objects', () => {
    const regions = { 'us-east-1': { subnet_id: 'subnet-1', vpc_id: 'vpc-1' }, 'eu-west-1': {} };
    const config = { extends: 'base.json', regions: { 'us-east-1': { vpc_id: null }, 'eu-west-1': null } };
    const merged = read(config, { 'base.json': lines({ ...baseline, regions }) });
    expect(merged.regions).toEqual([
      { name: 'us-east-1', bestEffort: false, builder: { subnet_id: 'subnet-1' } },
    ]);
    const replaced = read({ extends: 'base.json', regions }, { 'base.json': lines(baseline) });
    expect(replaced.regions.map(({ name }) => name)).toEqual(['us-east-1', 'eu-west-1']);
  });

  it('leaves relative paths relative to the file that names them', () => {
    const shared = {
      ...withImage({ builder: { instance_type: 'm5.large', user_data_file: 'data/user' } }),
      provisioners: [
        { type: 'shell', script: 'setup.sh' },
        { type: 'shell', scripts: ['./one.sh', '/bin/true'] },
        { type: 'file', source: 'data/', destination: 'data/' },
        { type: 'file', direction: 'download', source: '/etc/motd', destination: 'motd' },
      ],
    };
    const files = {
      'shared/base.json': lines(shared),
      'shared/setup.sh': '',
      'shared/one.sh': '',
      'shared/data/user': '',
    };
    const { provisioners, images } = read({ extends: 'shared/base.json' }, files);
    expect(provisioners).toEqual([
      { type: 'shell', script: 'shared/setup.sh' },
      { type: 'shell', scripts: ['shared/one.sh', '/bin/true'] },
      { type: 'file', source: 'shared/data/', destination: 'data/' },
      { type: 'file', direction: 'download', source: '/etc/motd', destination: 'shared/motd' },
    ]);
    expect(images[0]?.builder).toMatchObject({ user_data_file: 'shared/data/user' });
  });

  it('keeps its own paths, and those of a base in its own folder, as they are written', () => {
    const provisioners = [{ type: 'shell', script: './setup.sh' }];
    const files = { 'setup.sh': '', 'shared/base.json': lines(baseline) };
    expect(read({ extends: 'shared/base.json', provisioners }, files).provisioners).toEqual(provisioners);
    const beside = { ...files, 'base.json': lines({ ...baseline, provisioners }) };
    expect(read({ extends: 'base.json' }, beside).provisioners).toEqual(provisioners);
  });
});

describe('an error names the file and the line that the value came from', () => {
  it('for the shape, a rule, and an expanded matrix', () => {
    const image = { ...least.images[0], architecture: 'arm64', virtualization: 'pv' };
    const base = { ...baseline, regions: ['us-east-1', 'US'], account: 12 };
    const shape = refusal(() => read({ extends: 'base.json', bogus: 1 }, { 'base.json': lines(base) }));
    expect(shape).toHaveLength(3);
    expect(shape).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^configs\/base\.json:6: regions\[1\]: expected a region/),
        expect.stringContaining(
          `configs/base.json:${lineOf(base, 'account')}: account: expected an account id`,
        ),
        expect.stringMatching(/^configs\/web\.json:1: bogus: expected one of the keys/),
      ]),
    );
    const pv = { account: '333333333333', ...baseline, images: [image] };
    const rules = refusal(() =>
      read({ extends: 'base.json', share: { accounts: ['333333333333'] } }, { 'base.json': lines(pv) }),
    );
    const builderLine = lineOf(pv, 'instance_type');
    expect(rules).toEqual([
      expect.stringMatching(/^configs\/web\.json:1: share\.accounts: .*Remove it\.$/),
      expect.stringContaining(
        `configs/base.json:${lineOf(pv, 'virtualization')}: images[0].virtualization: expected "hvm"`,
      ),
      expect.stringContaining(`configs/base.json:${builderLine}: images[0].builder.instance_type: `),
    ]);
  });

  it('for a missing key: of the value around it, or of the config itself', () => {
    const { regions: _, ...rest } = baseline;
    const images = [{ name: 'a', builder: {} }];
    const said = refusal(() => read({ extends: 'base.json' }, { 'base.json': lines({ ...rest, images }) }));
    expect(said).toEqual([
      expect.stringMatching(/^configs\/web\.json: regions: expected at least one region.*, found nothing$/),
      expect.stringMatching(/^configs\/base\.json:5: images\[0\]\.base: expected .*, found nothing$/),
    ]);
  });

  it('for invalid text and a credential in any file of the chain, replaced or not', () => {
    const secret = { ...baseline, amiName: 'AKIAIOSFODNN7EXAMPLE' };
    expect(
      refusal(() => read({ extends: 'base.json', amiName: 'x {image}' }, { 'base.json': lines(secret) })),
    ).toEqual([expect.stringMatching(/^configs\/base\.json: amiName: expected no literal credential/)]);
    expect(refusal(() => read({ extends: 'base.json' }, { 'base.json': '{\n "version" 1 }' }))).toEqual([
      expect.stringMatching(/^configs\/base\.json: line 2:12: expected a ":" after the key/),
    ]);
  });

  it('without a line if nothing is extended', () => {
    expect(refusal(() => read({ ...least, version: 1 }))[0]).toMatch(
      /^configs\/web\.json: version: expected/,
    );
  });
});

describe('a config that cannot be merged is refused', () => {
  it.each([
    [
      'a missing file',
      'bse.json',
      /^configs\/web\.json:1: extends: expected a config to extend, found no such file: "bse\.json"\. Paths start in /,
    ],
    ['a folder', '.', /^configs\/web\.json:1: extends: expected a config to extend, found a folder: "\."/],
    ['a number', 7, /^configs\/web\.json:1: extends: expected the path of a config, .*found the number 7$/],
    [
      'an empty list',
      [],
      /^configs\/web\.json:1: extends: expected the path of a config, .*found an empty list$/,
    ],
    ['null', null, /^configs\/web\.json:1: extends: expected the path of a config, .*found null$/],
  ])('%s', (_, named, says) => {
    expect(refusal(() => read({ ...least, extends: named }))).toEqual([expect.stringMatching(says)]);
  });

  it('for a circle, which is shown completely, also through a link', () => {
    const circle = { 'a.json': lines({ extends: 'b.json' }), 'b.json': lines({ extends: './a.json' }) };
    expect(refusal(() => read({ extends: 'a.json' }, circle))).toEqual([
      'configs/b.json:2: extends: expected a config to extend, found a circle: configs/a.json extends configs/b.json ' +
        'extends configs/a.json. Remove one of them.',
    ]);
    expect(refusal(() => read({ extends: 'web.json' }))).toEqual([
      expect.stringContaining('found a circle: configs/web.json extends configs/web.json'),
    ]);
  });

  it('for null in place of a key that no file has', () => {
    const config = { extends: 'base.json', shaer: null, regions: { 'us-east-1': null } };
    expect(refusal(() => read(config, { 'base.json': lines(baseline) }))).toEqual([
      'configs/web.json:1: shaer: expected a value of the files that this one extends, which null removes, found none. ' +
        'Remove it, or correct the key.',
      expect.stringMatching(/^configs\/web\.json:1: regions\.us-east-1: expected a value of the files/),
    ]);
  });

  it('with all problems of all files at once', () => {
    const files = { 'a.json': '{', 'b.json': '[]' };
    const said = refusal(() => read({ extends: ['a.json', 'b.json', 'c.json'] }, files));
    expect(said).toEqual([
      expect.stringMatching(/^configs\/a\.json: line 1:2: /),
      expect.stringMatching(/^configs\/b\.json: expected a config, an object in \{\}, found an empty list$/),
      expect.stringMatching(/^configs\/web\.json:1: extends: .*no such file: "c\.json"/),
    ]);
  });
});

describe('reading all configs in the folder', () => {
  const files = {
    'base.json': lines({ ...baseline, images: undefined, record: undefined }),
    'staging.json': lines({ extends: 'web.json', record: 'staging.json' }),
    'other.json': lines({ extends: '../elsewhere/base.json' }),
    'broken.json': '{',
  };

  it('does not treat a file without images as a publication, but does treat a broken file as one', () => {
    expect(publicationsIn(folderWith(baseline, files))).toEqual(['broken', 'other', 'staging', 'web']);
  });

  it('finds the records of merged configs', () => {
    const { 'broken.json': _, ...right } = files;
    const cwd = folderWith(baseline, right);
    mkdirSync(join(cwd, 'elsewhere'));
    writeFileSync(join(cwd, 'elsewhere/base.json'), lines({ ...baseline, record: 'elsewhere.json' }));
    expect(
      recordedFiles(cwd)
        .map(({ file }) => file)
        .sort(),
    ).toEqual(['ami_ids.json', 'elsewhere.json', 'staging.json']);
    const wrong = { ...baseline, record: 7 };
    writeFileSync(join(cwd, 'elsewhere/base.json'), lines(wrong));
    expect(() => recordedFiles(cwd)).toThrow(
      `elsewhere/base.json:${lineOf(wrong, 'record')}: record: expected the path of a file, or a list of files, found the number 7
`,
    );
  });
});

it('resolves "extends" of a linked config from the folder of its target', () => {
  const cwd = folderWith({ extends: 'link/base.json' });
  mkdirSync(join(cwd, 'shared'));
  writeFileSync(
    join(cwd, 'shared/base.json'),
    lines({ ...baseline, provisioners: [{ type: 'shell', script: 'a.sh' }] }),
  );
  writeFileSync(join(cwd, 'shared/a.sh'), '');
  symlinkSync('../shared', join(cwd, 'configs/link'));
  const { provisioners } = readPublication('web', { cwd, rules: publicationRules });
  expect(provisioners).toEqual([{ type: 'shell', script: '../shared/a.sh' }]);
});
