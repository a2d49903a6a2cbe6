import { describe, expect, it } from 'vitest';
import { createWorld, defaultAccount } from '../../sandbox/testing/index.ts';
import type { Json } from '../../src/model/publication.ts';
import { templatesFor } from '../../src/packer/template.ts';
import { makeReleasePlan } from '../../src/plan/make-plan.ts';
import { plan as aPlan, clientsOf } from '../support/embedded.ts';
import { least, read, refusal } from './a-config.ts';

const friend = '210987654321';
const regions = ['us-east-1', 'eu-west-1'];
const id = '1234abcd-12ab-34cd-56ef-1234567890ab';
const arn = (region: string) => `arn:aws:kms:${region}:${defaultAccount.id}:key/${id}`;
const image = (change: Record<string, unknown>) => ({ ...least.images[0], ...change });
const config = (encryption: unknown, more: Record<string, unknown> = {}) => ({
  ...least,
  regions,
  encryption,
  ...more,
});
const mapping = (more: Record<string, unknown>) => ({
  images: [
    image({
      builder: {
        instance_type: 'm5.large',
        launch_block_device_mappings: [{ device_name: '/dev/sda1', ...more }],
      },
    }),
  ],
});
const at = 'images[0].builder.launch_block_device_mappings[0]';

describe('encryption', () => {
  const settingsOf = (written: unknown) => read(written).images.map(({ encryption }) => encryption);

  it('of the publication applies to every image without its own', () => {
    const images = [
      image({}),
      image({ name: 'b', encryption: false }),
      image({ name: 'c', encryption: true }),
    ];
    expect(settingsOf(config({ kmsKey: 'alias/images' }, { images }))).toEqual([
      { kmsKey: 'alias/images', place: 'encryption' },
      undefined,
      { place: 'images[2].encryption' },
    ]);
    expect(settingsOf(least)).toEqual([undefined]);
  });

  it.each([
    ['an alias', 'alias/images'],
    ['an alias with a path', 'alias/team/images_1'],
    ['the id of a multi-Region key', 'mrk-1234abcd12ab34cd56ef1234567890ab'],
    ['a key for each region', { 'us-east-1': arn('us-east-1'), 'eu-west-1': 'alias/images' }],
  ])('accepts %s', (_, kmsKey) => {
    expect(settingsOf(config({ kmsKey }))).toEqual([{ kmsKey, place: 'encryption' }]);
  });

  it.each<[string, Record<string, unknown>, string | RegExp]>([
    ['a text', config('alias/images'), /^encryption: expected true, false, or an object such as/],
    [
      'no key',
      config({}),
      /^encryption\.kmsKey: expected a KMS key: an alias, such as "alias\/images".*found nothing/,
    ],
    [
      'a name that is no alias',
      config({ kmsKey: 'images' }),
      /^encryption\.kmsKey: expected a KMS key: .*found "images"/,
    ],
    [
      'a placeholder that is unknown there',
      config({ kmsKey: 'alias/{version}' }),
      /^encryption\.kmsKey: expected one of \{region\}, \{image\}, .*, found \{version\}/,
    ],
    [
      'a variable that no setting names',
      config({ kmsKey: 'alias/{var.key}' }),
      /^encryption\.kmsKey: expected a variable in "variables", found \{var\.key\}/,
    ],
    [
      'placeholders that make no key',
      config({ kmsKey: '{var.key}' }, { variables: { key: 'alias/{region}' } }),
      /^encryption\.kmsKey: expected a KMS key: .*found "alias\/\{region\}", of \{var\.key\}$/,
    ],
    [
      'an ARN of a region that is filled in',
      config({ kmsKey: arn('{var.home}') }, { variables: { home: 'us-east-1' } }),
      /^encryption\.kmsKey: expected a key in eu-west-1, .*found one in us-east-1/,
    ],
    [
      "AWS's own key, by a variable",
      config({ kmsKey: '{var.key}' }, { variables: { key: 'alias/aws/ebs' }, share: { accounts: [friend] } }),
      /^encryption\.kmsKey: expected a customer managed key, .*found "alias\/aws\/ebs"/,
    ],
    [
      'another key beside it',
      config({ kmsKey: 'alias/a', key: 'b' }),
      /^encryption\.key: expected one of the keys "kmsKey"/,
    ],
    [
      'a region without a key',
      config({ kmsKey: { 'us-east-1': 'alias/a' } }),
      'encryption.kmsKey: expected a key for every region in which its images are made, found none for eu-west-1',
    ],
    [
      'a key of an unknown region',
      config({ kmsKey: { 'us-east-1': 'alias/a', 'eu-west-1': 'alias/b', 'eu-west-2': 'alias/c' } }),
      'encryption.kmsKey.eu-west-2: expected a region that is in "regions", found "eu-west-2". Did you mean "eu-west-1"?',
    ],
    [
      'something that is no region',
      config({ kmsKey: { everywhere: 'alias/a' } }),
      /^encryption\.kmsKey\.everywhere: expected a region as AWS writes it/,
    ],
    [
      'one ARN for two regions',
      config({ kmsKey: arn('us-east-1') }),
      /^encryption\.kmsKey: expected a key in eu-west-1, where volumes are encrypted with it, found one in us-east-1\. Set a key for each region/,
    ],
    [
      'the ARN of another region',
      config({ kmsKey: { 'us-east-1': arn('us-east-1'), 'eu-west-1': arn('us-east-1') } }),
      /^encryption\.kmsKey\.eu-west-1: expected a key in eu-west-1, .*found one in us-east-1/,
    ],
    [
      'a public share',
      config(true, { share: { public: true } }),
      /^encryption: expected no encryption, since "share" makes the AMIs public/,
    ],
    [
      "AWS's own key of what is to be shared",
      config({ kmsKey: 'alias/aws/ebs' }, { share: { accounts: [friend] } }),
      /^encryption\.kmsKey: expected a customer managed key, since those in "share".*found "alias\/aws\/ebs"/,
    ],
    [
      'an image on instance-store',
      config(true, {
        images: [
          image({
            rootDevice: 'instance-store',
            builder: { instance_type: 'm3.medium', iam_instance_profile: 'bundler' },
          }),
        ],
      }),
      'encryption: expected images on EBS, whose volumes KMS encrypts, found images[0] on instance-store, whose bundle the AMI tools encrypt in their own way. Add "encryption": false to images[0].',
    ],
    [
      'a mapping that is not to be encrypted',
      config(true, mapping({ encrypted: false })),
      `${at}.encrypted: expected true, since encryption says that all volumes are encrypted, found false. Remove it, or encryption.`,
    ],
    [
      'a mapping with another key',
      config({ kmsKey: 'alias/a' }, mapping({ encrypted: true, kms_key_id: 'alias/b' })),
      `${at}.kms_key_id: expected "alias/a", as encryption says for us-east-1, found "alias/b". Remove it, or encryption.`,
    ],
    [
      'a mapping with a key of its own',
      config(true, mapping({ encrypted: true, kms_key_id: 'alias/b' })),
      /kms_key_id: expected no key, since encryption says that it is the default key of the account, found "alias\/b"/,
    ],
  ])('is refused with %s', (_, written, problem) => {
    const found = refusal(() => read(written)).map((line) => line.replace(/^configs\/web\.json: /, ''));
    expect(found[0]).toEqual(typeof problem === 'string' ? problem : expect.stringMatching(problem));
    expect(found.every((line) => /encrypt|kms/.test(line))).toBe(true);
  });

  it('allows mappings that say the same, or nothing; they do not apply to copies', () => {
    const said = { encrypted: true, kms_key_id: 'alias/a' };
    for (const same of [said, { encrypted: true }, { volume_size: 20 }])
      expect(settingsOf(config({ kmsKey: 'alias/a' }, mapping(same)))).toHaveLength(1);
    const byRegion = { kmsKey: { 'us-east-1': 'alias/a', 'eu-west-1': 'alias/b' } };
    expect(settingsOf(config(byRegion, { ...mapping(said), copyFrom: 'us-east-1' }))).toHaveLength(1);
    expect(refusal(() => settingsOf(config(byRegion, mapping(said))))).toHaveLength(1);
  });

  it('needs keys only for regions in which its images are made', () => {
    const images = [
      image({ regions: ['us-east-1'], encryption: { kmsKey: arn('us-east-1') } }),
      image({ name: 'b' }),
    ];
    expect(settingsOf({ ...least, regions, images })[0]).toMatchObject({ kmsKey: arn('us-east-1') });
    const byRegion = [image({ regions: ['us-east-1'] }), image({ name: 'b', encryption: false })];
    expect(settingsOf(config({ kmsKey: { 'us-east-1': 'alias/a' } }, { images: byRegion }))).toHaveLength(2);
  });

  it('allows sharing with a key of the account, whichever account that is', () => {
    expect(settingsOf(config(true, { share: { accounts: [friend] } }))).toEqual([{ place: 'encryption' }]);
  });
});

describe('a plan with encryption', () => {
  const golden = {
    id: 'ami-0123456789abcdef0',
    name: 'golden 1.0',
    rootDeviceName: '/dev/xvda',
    devices: [
      { device: '/dev/xvda', size: 8 },
      { device: '/dev/xvdb', size: 20, deleteOnTermination: false },
      { device: '/dev/xvdc', virtualName: 'ephemeral0' },
    ],
  };
  const account = defaultAccount.id;
  const world = () =>
    createWorld({ behaviour: { accounts: [{ account, region: 'us-east-1', images: [golden] }] } });
  const planned = (written: unknown, sandbox = world()) =>
    makeReleasePlan(
      read(written),
      { clients: clientsOf(sandbox), account: aPlan.account, endpoint: aPlan.endpoint },
      undefined,
      new Date(),
    );
  const base = { id: { 'us-east-1': golden.id } };
  const own = (builder: Record<string, unknown> = {}) => ({
    copyFrom: 'us-east-1',
    images: [image({ base, builder: { instance_type: 'm5.large', ssh_username: 'admin', ...builder } })],
  });
  const mappingsIn = (plan: Awaited<ReturnType<typeof planned>>) => {
    const [template] = templatesFor(plan);
    const { source } = JSON.parse(template?.text ?? '') as {
      source: Record<string, Record<string, { launch_block_device_mappings?: Json }>>;
    };
    return source['amazon-ebs']?.['us-east-1-2204-hvm']?.launch_block_device_mappings;
  };

  it('names the volumes of the base image, so that Packer encrypts each from the start', async () => {
    const plan = await planned(config({ kmsKey: 'alias/a' }, own()));
    expect(plan.targets.map(({ encryption }) => encryption)).toEqual([
      {
        kmsKey: 'alias/a',
        devices: [
          { name: '/dev/xvda', deleteOnTermination: true },
          { name: '/dev/xvdb', deleteOnTermination: false },
        ],
      },
      { kmsKey: 'alias/a' },
    ]);
    const how = { encrypted: true, kms_key_id: 'alias/a' };
    expect(mappingsIn(plan)).toEqual([
      { device_name: '/dev/xvda', delete_on_termination: true, ...how },
      { device_name: '/dev/xvdb', delete_on_termination: false, ...how },
    ]);
  });

  it('fills in placeholders in the key for each region', async () => {
    const mrk = 'mrk-1234abcd12ab34cd56ef1234567890ab';
    const kmsKey = `arn:aws:kms:{region}:{var.keeper}:key/${mrk}`;
    const variables = { keeper: friend };
    const plan = await planned(config({ kmsKey }, { ...own(), variables }));
    const keyOf = (region: string) => ({ kmsKey: `arn:aws:kms:${region}:${friend}:key/${mrk}` });
    expect(plan.targets.map(({ encryption }) => encryption)).toMatchObject([
      keyOf('us-east-1'),
      keyOf('eu-west-1'),
    ]);
    const said = { encrypted: true, kms_key_id: 'alias/2204-hvm-x86_64' };
    const mapped = { launch_block_device_mappings: [{ device_name: '/dev/xvda', ...said }] };
    const byImage = await planned(config({ kmsKey: 'alias/{image}-{architecture}' }, own(mapped)));
    expect(byImage.targets[1]?.encryption).toEqual({ kmsKey: 'alias/2204-hvm-x86_64' });
  });

  it('keeps the mappings of the config, with the same key', async () => {
    const launch_block_device_mappings = [
      { device_name: '/dev/xvda', volume_size: 30, delete_on_termination: true },
      { device_name: '/dev/xvdb', no_device: true },
      { device_name: '/dev/xvdc', virtual_name: 'ephemeral1' },
      { device_name: '/dev/xvdd', volume_size: 5, delete_on_termination: true },
    ];
    const plan = await planned(config(true, own({ launch_block_device_mappings })));
    const [root, none, drive, data] = launch_block_device_mappings;
    expect(mappingsIn(plan)).toEqual([
      { ...root, encrypted: true },
      none,
      drive,
      { ...data, encrypted: true },
    ]);
  });

  it('has another recipe for another key, and the unchanged one without encryption', async () => {
    const recipes = await Promise.all(
      [
        undefined,
        true,
        { kmsKey: 'alias/a' },
        { kmsKey: { 'us-east-1': 'alias/a', 'eu-west-1': 'alias/b' } },
      ].map(async (encryption) =>
        (await planned(config(encryption, own()))).targets.map(({ recipe }) => recipe),
      ),
    );
    const [without, byDefault, one, byRegion] = recipes;
    expect(new Set([...(without ?? []), ...(byDefault ?? []), ...(one ?? [])]).size).toBe(6);
    expect(byRegion?.[0]).toBe(one?.[0]);
    expect(byRegion?.[1]).not.toBe(one?.[1]);
  });

  it('is not made if the lookup of the base image failed', async () => {
    const sandbox = world();
    sandbox.faults.add([
      { on: 'ec2:DescribeImages', skip: 2, times: 0, does: { error: 'UnauthorizedOperation', status: 403 } },
    ]);
    await expect(planned(config(true, own()), sandbox)).rejects.toThrow(
      /us-east-1: ec2:DescribeImages failed: UnauthorizedOperation/,
    );
    expect(sandbox.aws.calls().filter(({ operation }) => operation === 'DescribeImages')).toHaveLength(3);
  });
});
