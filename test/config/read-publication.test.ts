import { chmodSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPublication } from '../../src/config/read-publication.ts';
import { publicationRules } from '../../src/plan/publication-rules.ts';
import { folderWith, least, read, refusal, withImage } from './a-config.ts';

const debian = { builder: { instance_type: 'm5.large', ssh_username: 'admin' } };
const onStore = {
  rootDevice: 'instance-store',
  builder: { instance_type: 'm3.medium', iam_instance_profile: 'bundler' },
};

describe('a candidate', () => {
  const config = {
    ...least,
    share: { public: true },
    record: 'ami_ids.json',
    candidates: { share: { accounts: ['111111111111'] }, record: 'candidates.json' },
  };
  const { candidates: _, ...silent } = config;
  const nobody = { public: false, accounts: [], organizations: [], snapshots: true };

  it.each(['2.6.4-beta1', 'v2.6.4-1', '2.6-rc.2', '3-beta'])(
    'with version %s is shared and recorded only as "candidates" says',
    (version) => {
      expect(read({ ...silent, version }).share).toEqual(nobody);
      expect(read({ ...silent, version }).record).toBeUndefined();
      expect(read({ ...config, version }).share).toEqual({ ...nobody, accounts: ['111111111111'] });
      expect(read({ ...config, version }).record).toEqual([{ file: 'candidates.json', as: 'ids' }]);
    },
  );

  it.each(['2.6.4', '2026-11-21', '20261121', 'nightly-7'])('does not have the version %s', (version) => {
    expect(read({ ...config, version })).toMatchObject({
      share: { public: true },
      record: [{ file: 'ami_ids.json', as: 'ids' }],
    });
  });

  it('may be requested on the command line, whatever the config says', () => {
    expect(read(silent, {}, 'web@2.0.0-rc.1').share).toEqual(nobody);
    expect(read({ ...silent, version: '2.0.0-rc.1' }, {}, 'web@2.0.0').share.public).toBe(true);
  });
});

describe('a valid publication', () => {
  it('has all defaults filled in, and is shared with nobody', () => {
    const cwd = folderWith(least);
    expect(readPublication('web', { cwd })).toStrictEqual({
      name: 'web',
      file: 'configs/web.json',
      folder: join(cwd, 'configs'),
      version: '1.0.0',
      amiName: 'web {version} {image}',
      regions: [{ name: 'us-east-1', bestEffort: false, builder: {} }],
      images: [
        {
          matrix: {},
          name: '2204-hvm',
          base: { ubuntu: '2204' },
          architecture: 'x86_64',
          virtualization: 'hvm',
          rootDevice: 'ebs',
          bundle: { credentials: 'instance-profile' },
          builder: { instance_type: 'm5.large', ssh_username: 'ubuntu' },
        },
      ],
      provisioners: [],
      share: { public: false, accounts: [], organizations: [], snapshots: true },
    });
  });

  it('takes architecture and virtualization from variables of those names', () => {
    const matrix = { architecture: ['arm64'], virtualization: ['hvm'] };
    const [image] = read(withImage({ matrix })).images;
    expect(image).toMatchObject({ architecture: '{architecture}', virtualization: '{virtualization}' });
  });

  it('may contain comments, trailing commas and a byte order mark', () => {
    const text = `\uFEFF// why\n${JSON.stringify(least).replace(/}$/, ', /* nobody */ "share": {"accounts": [],},}')}`;
    expect(read(text).version).toBe('1.0.0');
  });

  it('keeps the options of regions, and sorts the accounts', () => {
    const regions = { 'us-east-1': {}, 'ap-southeast-2': { subnet_id: 'subnet-0a1b', bestEffort: true } };
    const share = { accounts: ['222222222222', '111111111111'] };
    const publication = read({ ...least, regions, share });
    expect(publication.regions[1]).toEqual({
      name: 'ap-southeast-2',
      bestEffort: true,
      builder: { subnet_id: 'subnet-0a1b' },
    });
    expect(publication.share.accounts).toEqual(['111111111111', '222222222222']);
  });

  it('keeps organizations and units in one list, and accounts beside public', () => {
    const unit = 'arn:aws:organizations::123456789012:ou/o-a1b2c3d4e5/ou-ab12-12345678';
    const organization = 'arn:aws:organizations::123456789012:organization/o-a1b2c3d4e5';
    const share = {
      public: true,
      accounts: ['111111111111'],
      organizationalUnits: [unit],
      organizations: [organization],
      snapshots: false,
    };
    expect(read({ ...least, share }).share).toEqual({
      public: true,
      accounts: ['111111111111'],
      organizations: [organization, unit],
      snapshots: false,
    });
  });

  it('has lists for the values of a filter', () => {
    const filter = { owners: ['self'], name: 'web-{version}', 'tag:Team': ['a', 'b'] };
    const [image] = read(withImage({ ...debian, base: { filter } })).images;
    expect(image?.base).toEqual({
      filter: { owners: ['self'], filters: { name: ['web-{version}'], 'tag:Team': ['a', 'b'] } },
    });
  });

  it('may be on instance-store, also paravirtual, and set how it is bundled', () => {
    const [image] = read(
      withImage({
        ...onStore,
        virtualization: 'pv',
        bundle: { bucket: 'mine-{version}-{region}' },
        builder: { ...onStore.builder, bundle_destination: '/mnt' },
      }),
    ).images;
    expect(image?.bundle).toEqual({ bucket: 'mine-{version}-{region}', credentials: 'instance-profile' });
    const commandLine = { ...onStore, bundle: { credentials: 'command-line' } };
    expect(() => read(withImage({ ...commandLine, builder: { instance_type: 'm3.medium' } }))).not.toThrow();
  });

  it('is published at the requested version', () => {
    expect(read(least, {}, 'web@2.0.0-rc.1').version).toBe('2.0.0-rc.1');
    expect(read(least, {}, 'configs/web.json@3').version).toBe('3');
  });
});

const long = 'v'.repeat(130);

/** The config → the lines of the refusal, without the file's name in front. */
const refused: [what: string, config: unknown, lines: (string | RegExp)[]][] = [
  ['an empty file', ' \n', ['expected a publication, found an empty file']],
  [
    'a text without an end',
    '{\n  "version": "1\n}',
    [/^line 2:14: expected a text that ends in a double quote, on the same line/],
  ],
  ['a missing comma', '{"version": "1" "amiName": "x"}', [/^line 1:17: expected a ",", found "\\""/]],
  [
    'a duplicate key',
    JSON.stringify(least).replace('"amiName"', '"version": "2",\n"amiName"'),
    ['line 1:20: expected each key once, found "version" a second time (the first is at line 1:2)'],
  ],
  [
    'lists without end',
    '['.repeat(50_000),
    ['line 1:101: expected at most 100 levels, found one level more'],
  ],
  ['a list', [], ['expected a publication: an object in {}, found an empty list']],
  [
    'keys left out',
    { version: '1', regions: ['us-east-1'], images: [{}] },
    [
      'amiName: expected an AMI name, such as "web {version} {image}", found nothing',
      'images[0].name: expected a name, such as "{ubuntu}-{virtualization}", found nothing',
      'images[0].base: expected exactly one of {"ubuntu": "2204"}, {"ssm": "/path"}, {"filter": {…}}, {"id": {"us-east-1": "ami-…"}} and {"publication": "baseline", "image": "2404"}, found nothing',
      /^images\[0\]\.builder: expected .*, found nothing$/,
    ],
  ],
  [
    'a mistyped key',
    { ...least, shaer: {} },
    [/^shaer: expected one of .*, found an unknown key. Did you mean "share"\?$/],
  ],
  [
    'a key in the wrong place',
    { ...least, builder: {} },
    [/found an unknown key\. "builder" belongs in images\[\]\.$/],
  ],
  [
    'best effort for all',
    { ...least, bestEffort: true },
    [/found an unknown key\. "bestEffort" belongs in regions\.\*\.$/],
  ],
  [
    'numbers for texts',
    { ...least, version: 1.5, share: { accounts: [123456789012] } },
    [
      /^version: expected a version in quotes.*, found the number 1.5. Put it in quotes\.$/,
      /^share.accounts\[0\]: .*twelve digits.*, found the number 123456789012. Put it in quotes\.$/,
    ],
  ],
  [
    'both kinds of base',
    withImage({ base: { ubuntu: '22.04', ssm: '/a' } }),
    [
      'images[0].base: expected exactly one of {"ubuntu": "2204"}, {"ssm": "/path"}, {"filter": {…}}, {"id": {"us-east-1": "ami-…"}} and {"publication": "baseline", "image": "2404"}, found an object with "ubuntu", "ssm"',
      /^images\[0\].base.ubuntu: expected .*, found "22.04". Write "2204"\.$/,
    ],
  ],
  [
    'a base of another publication without its image, and beside another one',
    withImage({ base: { publication: 'baseline', ubuntu: '2404', release: '' } }),
    [
      'images[0].base.image: expected the name of an image of that publication, such as "2404", found nothing, and "publication", which needs it',
      /^images\[0\]\.base: expected exactly one of .*, found an object with "publication", "ubuntu", "release"$/,
      'images[0].base.release: expected a version, such as "1.2.0", or "latest", found ""',
    ],
  ],
  [
    'a base of another account without the name of its AMIs',
    withImage({ base: { publication: 'baseline', image: '2404', owner: '210987654321' } }),
    [
      'images[0].base.amiName: expected the name of an AMI with {version} in it, such as "baseline {version} {image}", found nothing, and "owner", which needs it',
    ],
  ],
  [
    'names of AMIs without a version, and without their owner',
    withImage({ base: { publication: 'baseline', image: '2404', amiName: 'baseline' } }),
    [
      /^images\[0\]\.base\.owner: expected an account id: .*, found nothing, and "amiName", which needs it$/,
      /^images\[0\]\.base\.amiName: expected the name of an AMI with \{version\} in it, .*, found "baseline"$/,
    ],
  ],
  [
    'a path without slash',
    withImage({ base: { ssm: 'aws/x' } }),
    [/^images\[0\].base.ssm: expected .*"\/" in front, found "aws\/x"$/],
  ],
  [
    'invalid regions',
    { ...least, regions: ['us-east1', 'us-east-1', 'us-east-1'] },
    [
      /^regions\[0\]: expected a region as AWS writes it.*, found "us-east1"$/,
      'regions[2]: expected each list item only once, found "us-east-1" a second time',
    ],
  ],
  [
    'regions of the wrong kind',
    { ...least, regions: 'us-east-1' },
    [/^regions: expected at least one region, in a list/],
  ],
  [
    'regions in an object',
    { ...least, regions: { 'US-EAST-1': {}, 'eu-west-1': 'x' } },
    [/^regions.US-EAST-1: expected a region/, /^regions.eu-west-1: expected an object of options/],
  ],
  [
    'sharing with the account that owns the AMIs',
    { ...least, account: '123456789012', share: { accounts: ['210987654321', '123456789012'] } },
    [
      /^share.accounts: expected accounts other than that of "account", .*, found "123456789012". Remove it\.$/,
    ],
  ],
  [
    'the same of a candidate',
    {
      ...least,
      version: '1.0.0-rc.1',
      account: '123456789012',
      candidates: { share: { accounts: ['123456789012'] } },
    },
    [/^candidates.share.accounts: expected accounts other than /],
  ],
  [
    'no account id',
    { ...least, account: '12345' },
    [/^account: expected an account id: twelve digits in quotes, found "12345"$/],
  ],
  [
    'a version that is no folder name',
    { ...least, version: '1/2' },
    [/^version: expected a version.*found "1\/2"$/],
  ],
  [
    'a matrix that varies nothing',
    withImage({ matrix: { a: [], b: ['x', 'x'], c: [''], 'd-e': ['x'] } }),
    [
      /^images\[0\].matrix.d-e: expected the name of a variable/,
      /^images\[0\].matrix.a: expected a list of texts, at least one, found an empty list$/,
      /^images\[0\].matrix.b\[1\]: .*"x" a second time$/,
      /^images\[0\].matrix.c\[0\]: .*found ""$/,
    ],
  ],
  [
    'a variable with a meaning',
    withImage({ matrix: { region: ['x'] } }),
    [/^images\[0\].matrix.region: .*\{region\} already has a meaning\.$/],
  ],
  [
    'a builder without what Packer needs',
    withImage({ base: { ssm: '/a' }, builder: { instance_type: 5, ssh_username: ' ' } }),
    [
      'images[0].builder.instance_type: expected an instance type, such as "m5.large", found the number 5',
      'images[0].builder.ssh_username: expected the user to log in to the base image as, such as "ec2-user", found " "',
    ],
  ],
  [
    'an instance type in one region only',
    {
      ...withImage({ builder: {} }),
      regions: { 'us-east-1': { instance_type: 'm5.large' }, 'eu-west-1': {} },
    },
    [/^images\[0\].builder.instance_type: .*found nothing in eu-west-1$/],
  ],
  [
    "tags that are not the user's",
    withImage({
      builder: {
        instance_type: 'm5.large',
        run_tags: { 'gopackgo:target': 'x', Team: 'web' },
        tag: [{ key: 'AWS:x', value: 'y' }],
      },
    }),
    [/^images\[0\].builder.run_tags.gopackgo:target: /, /^images\[0\].builder.tag.AWS:x: /],
  ],
  [
    'only and except at once',
    { ...least, provisioners: [{ type: 'shell', only: ['2204-hvm'], except: ['2204-hvm'] }] },
    ['provisioners[0]: expected either "only" or "except", found both'],
  ],
  [
    'ids for other regions',
    {
      ...withImage({ base: { id: { 'us-east-1': 'ami-12345678', 'eu-west-2': 'ami-12345678' } }, ...debian }),
      regions: ['us-east-1', 'eu-west-1', 'sa-east-1'],
    },
    [
      'images[0].base.id: expected an AMI for each region of the publication, found none for eu-west-1, sa-east-1',
      'images[0].base.id.eu-west-2: expected a region that is in "regions", found "eu-west-2". Did you mean "eu-west-1"?',
    ],
  ],
  [
    'an invalid id',
    withImage({ base: { id: { 'us-east-1': 'ami-xyz' } }, ...debian }),
    [/^images\[0\].base.id.us-east-1: expected the id of an AMI.*, found "ami-xyz"$/],
  ],
  [
    'invalid filters',
    withImage({ base: { filter: { owners: ['canonical'], name: ['a', 7], state: [] } }, ...debian }),
    [
      /^images\[0\].base.filter.name\[1\]: expected a text.*found the number 7/,
      /^images\[0\].base.filter.state: expected a text or a list of texts, found an empty list$/,
      /^images\[0\].base.filter.owners\[0\]: expected an account id in quotes/,
    ],
  ],
  [
    'a filter of everything',
    withImage({ base: { filter: { owners: ['self'] } }, ...debian }),
    [/^images\[0\].base.filter: expected an object, such as/],
  ],
  [
    'unknown placeholders in a filter and a bucket',
    withImage({
      ...onStore,
      base: { filter: { owners: ['self'], name: ['a', 'b-{versoin}'] } },
      bundle: { bucket: 'x-{ubunt}' },
      builder: { ...onStore.builder, ssh_username: 'admin' },
    }),
    [
      /^images\[0\].base.filter.name: expected one of .*, found \{versoin\}. Did you mean "version"\?$/,
      /^images\[0\].bundle.bucket: expected one of .*, found \{ubunt\}$/,
    ],
  ],
  [
    'no region that is required',
    { ...least, regions: { 'us-east-1': { bestEffort: true }, 'eu-west-1': { bestEffort: true } } },
    [/^regions: expected at least one region that is required, found "bestEffort" in all of them/],
  ],
  [
    'a bundle of an image on EBS',
    withImage({
      bundle: { bucket: 'x' },
      builder: { instance_type: 'm5.large', bundle_vol_command: 'x', x509_upload_path: '/tmp' },
    }),
    [
      /^images\[0\].bundle: expected an image on instance-store: .*"rootDevice": "instance-store"\.$/,
      'images[0].builder.bundle_vol_command: expected an option of amazon-ebs, which builds what is on ebs, found one of amazon-instance alone',
      /^images\[0\].builder.x509_upload_path: /,
    ],
  ],
  [
    'options of amazon-ebs for an image on instance-store, in one of its regions',
    { ...withImage(onStore), regions: { 'us-east-1': { run_volume_tags: { a: 'b' } } } },
    [
      'regions.us-east-1.run_volume_tags: expected an option of amazon-instance, which builds what is on instance-store, found one of amazon-ebs alone',
    ],
  ],
  [
    'an invalid bucket name',
    withImage({ ...onStore, bundle: { bucket: 'My.images_{version}' } }),
    [/^images\[0\].bundle.bucket: expected a bucket name of .*without dots, found "My.images_1-0-0"$/],
  ],
  [
    'no credentials for the upload of the bundle',
    {
      ...withImage({ ...onStore, builder: { instance_type: 'm3.medium' } }),
      regions: { 'us-east-1': { iam_instance_profile: 'bundler' }, 'eu-west-1': {} },
    },
    [
      /^images\[0\].builder.iam_instance_profile: .*, found nothing in eu-west-1\. Set one .*"command-line".*can read them\.$/,
    ],
  ],
  [
    'instance types without instance-store roots',
    {
      ...withImage({ ...onStore, builder: { ...onStore.builder, instance_type: 'm5.large' } }),
      regions: {
        'us-east-1': {},
        'eu-west-1': { spot_price: 'auto', spot_instance_types: ['r3.large', 't3.micro'] },
      },
    },
    [
      'images[0].builder.instance_type: expected an instance type that starts an image on instance-store: c1, c3, d2, i2, m1, m2, m3, r3, x1, found "m5.large"',
      /^regions.eu-west-1.spot_instance_types: .*, found "t3.micro"$/,
    ],
  ],
  [
    'spot instance types without a price: Packer would launch on demand, without a type',
    {
      ...withImage({ builder: { spot_instance_types: ['m5.large'], spot_price: '0' } }),
      regions: { 'us-east-1': {}, 'eu-west-1': { spot_instance_types: ['c5.large'] } },
    },
    [
      'images[0].builder.spot_instance_types: expected "spot_price" as well, such as "auto", found "0". For an instance on demand use "instance_type".',
      'regions.eu-west-1.spot_instance_types: expected "spot_price" as well, such as "auto", found "0". For an instance on demand use "instance_type".',
    ],
  ],
  [
    'instance types that start no paravirtual image',
    withImage({
      matrix: { virtualization: ['pv', 'hvm'] },
      name: '{virtualization}',
      builder: { instance_type: 'm5.large' },
    }),
    [
      'images[0].builder.instance_type: expected an instance type that starts a paravirtual image: c1, c3, hi1, hs1, m1, m2, m3, t1, found "m5.large"',
    ],
  ],
  [
    'an instance type that starts either, but not both',
    withImage({
      ...onStore,
      virtualization: 'pv',
      builder: { ...onStore.builder, instance_type: 'r3.large' },
    }),
    [/a paravirtual image on instance-store: c1, c3, m1, m2, m3, found "r3.large"$/],
  ],
  [
    'mistakes of several rules',
    { ...withImage({ builder: { ami_users: [] } }), amiName: long },
    [/instance_type/, /ami_users/, /^amiName: expected an AMI name of 3 to 128 characters, found 130 in/],
  ],
];

describe('an invalid publication', () => {
  it.each(refused)('is refused: %s', (_what, config, lines) => {
    const found = refusal(() => read(config)).map((line) => line.replace(/^configs\/web\.json: /, ''));
    expect(found).toEqual(
      lines.map((line) => (typeof line === 'string' ? line : expect.stringMatching(line))),
    );
  });

  it.each([
    ['encrypt_boot', '"encryption"'],
    ['kms_key_id', '"encryption"'],
    ['region_kms_key_ids', '"encryption"'],
    ['skip_save_build_region', 'intermediate AMI'],
    ['force_deregister', '"version"'],
    ['force_delete_snapshot', '"version"'],
    ['ami_regions', '"regions"'],
    ['ami_groups', '"share"'],
    ['ami_users', '"share"'],
    ['region', '"regions"'],
    ['ami_name', '"amiName"'],
    ['source_ami', '"base"'],
    ['access_key', 'AWS_PROFILE'],
    ['secret_key', 'AWS_PROFILE'],
    ['token', 'AWS_PROFILE'],
    ['profile', 'AWS_PROFILE'],
    ['assume_role', 'AWS_PROFILE'],
    ['custom_endpoint_ec2', 'does not look'],
    ['aws_polling', '"timeouts"'],
    ['ssh_port', 'variable'],
    ['account_id', 'credentials'],
    ['s3_bucket', '"bundle"'],
    ['bundle_prefix', 'of its own'],
    ['x509_cert_path', 'configs/local.json'],
    ['x509_key_path', 'configs/local.json'],
    ['temporary_key_pair_name', 'key pair'],
    ['required_plugins', '1.6.6'],
    ['images', '"regions" in an entry of "images"'],
    ['encryption', '"kmsKey"'],
    ['copyFrom', '"build": true'],
  ])('builder option %s, in an image and in a region', (option, advice) => {
    const builder = { instance_type: 'm5.large', [option]: true };
    const lines = refusal(() =>
      read({ ...withImage({ builder }), regions: { 'eu-west-1': { [option]: true } } }),
    );
    expect(lines).toEqual([
      expect.stringContaining(`images[0].builder.${option}: expected an option that publications may set`),
      expect.stringContaining(`regions.eu-west-1.${option}: expected an option that publications may set`),
    ]);
    for (const line of lines) expect(line).toContain(advice);
  });
});

describe('a publication that cannot be read', () => {
  it('is missing: the nearest name and all existing names are shown', () => {
    const cwd = folderWith(least, { 'official.json': JSON.stringify(least), 'schema.json': '{}' });
    const [line] = refusal(() => readPublication('wbe@1.0.0', { cwd }));
    expect(line).toBe(
      'configs/wbe.json: expected a publication, found no such file. Did you mean "web"? There are: official, web.',
    );
    expect(refusal(() => readPublication('elsewhere/web.json', { cwd }))[0]).toMatch(
      /^elsewhere\/web\.json: .*"web"/,
    );
  });

  it('is in a missing folder', () => {
    const cwd = join(folderWith(least), 'configs');
    expect(refusal(() => readPublication('web', { cwd }))[0]).toContain('There are no publications in');
  });

  it('is a folder, or no text', () => {
    const cwd = folderWith(least);
    mkdirSync(join(cwd, 'configs', 'folder.json'));
    expect(refusal(() => readPublication('folder', { cwd }))[0]).toContain('found a folder');
    writeFileSync(join(cwd, 'configs', 'latin.json'), Buffer.from('{"version": "ä"}', 'latin1'));
    expect(refusal(() => readPublication('latin', { cwd }))[0]).toContain('found text that is not UTF-8');
  });

  it.skipIf(process.getuid?.() === 0)('may not be read', () => {
    const cwd = folderWith(least);
    chmodSync(join(cwd, 'configs', 'web.json'), 0);
    expect(refusal(() => readPublication('web', { cwd }))[0]).toContain('found a file that may not be read');
  });

  it('has a name that no release can have', () => {
    const cwd = folderWith(least, { 'my web.json': JSON.stringify(least) });
    expect(refusal(() => readPublication('configs/my web.json', { cwd }))[0]).toMatch(
      /^configs\/my web\.json: expected a file name .*, found "my web". Rename the file/,
    );
  });
});

it('a configs folder that is a link counts as its target, as for Packer: "../" starts there', () => {
  const provisioners = [{ type: 'shell', script: '../scripts/install.sh' }];
  const shared = folderWith({ ...least, provisioners }, { '../scripts/install.sh': 'true\n' });
  const mine = folderWith(least);
  symlinkSync(join(shared, 'configs'), join(mine, 'linked'));
  const { folder } = readPublication('linked/web.json', { cwd: mine, rules: publicationRules });
  expect(folder).toBe(join(realpathSync(shared), 'configs'));
});
