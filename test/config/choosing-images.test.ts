import { describe, expect, it } from 'vitest';
import { combinedImages } from '../../src/plan/image.ts';
import { targetNames } from '../../src/plan/target-values.ts';
import { least, read, refusal, withImage } from './a-config.ts';

const targetsOf = (config: object) => {
  const publication = read(config);
  return targetNames(publication, combinedImages(publication)).map(({ name }) => name);
};

describe('"exclude" of a matrix', () => {
  const matrix = { ubuntu: ['2204', '2404'], virtualization: ['hvm', 'pv'] };
  const image = (exclude: unknown) => ({
    ...withImage({
      matrix,
      exclude,
      name: '{ubuntu}-{virtualization}',
      base: { ubuntu: '{ubuntu}' },
      builder: { instance_type: 'm3.large' },
    }),
  });

  it('skips every combination with all values of one of its objects', () => {
    expect(targetsOf(image([{ ubuntu: '2404', virtualization: 'pv' }]))).toEqual([
      'us-east-1-2204-hvm',
      'us-east-1-2204-pv',
      'us-east-1-2404-hvm',
    ]);
    expect(targetsOf(image([{ virtualization: 'pv' }, { ubuntu: '2204' }]))).toEqual(['us-east-1-2404-hvm']);
  });

  it.each<[string, unknown, RegExp]>([
    [
      'an unknown value',
      [{ ubuntu: '2004' }],
      /images\[0\]\.exclude\[0\]\.ubuntu: expected one of "2204", "2404", found "2004"$/,
    ],
    [
      'an unknown variable',
      [{ unbuntu: '2204' }],
      /exclude\[0\]\.unbuntu: expected one of "ubuntu", "virtualization", found a variable that the matrix does not have$/,
    ],
    [
      'all',
      [{ ubuntu: '2204' }, { ubuntu: '2404' }],
      /images\[0\]\.exclude: expected at least one remaining image, found none$/,
    ],
    ['nothing', [{}], /images\[0\]\.exclude\[0\]: expected an object of variables and values/],
  ])('is refused: %s', (_, exclude, says) => {
    expect(refusal(() => read(image(exclude)))).toEqual([expect.stringMatching(says)]);
  });
});

describe('an image that names its regions', () => {
  const [plain] = least.images;
  const regions = ['us-east-1', 'eu-west-1'];
  const old = {
    name: 'old',
    base: { id: { 'us-east-1': 'ami-0123456789abcdef0' } },
    regions: ['us-east-1'],
    rootDevice: 'instance-store',
    builder: { instance_type: 'm3.medium', iam_instance_profile: 'bundler', ssh_username: 'ubuntu' },
  };

  it('is made only there, and needs its base and its options only there', () => {
    const config = { ...least, regions, images: [plain, old] };
    expect(targetsOf(config)).toEqual(['us-east-1-2204-hvm', 'us-east-1-old', 'eu-west-1-2204-hvm']);
    const options = {
      'us-east-1': {},
      'eu-west-1': { instance_type: 'm5.large', run_volume_tags: { a: 'b' } },
    };
    expect(targetsOf({ ...config, regions: options })).toHaveLength(3);
  });

  it.each<[string, object, RegExp[]]>([
    [
      'a region that is not one of the publication',
      { images: [plain, { ...old, regions: ['us-east-2', 'us-east-1'] }] },
      [
        /images\[1\]\.regions\[0\]: expected a region that is in "regions", found "us-east-2"\. Did you mean "us-east-1"\?$/,
      ],
    ],
    [
      'a region without any image',
      { images: [old] },
      [/images: expected an image for each region of "regions", found none for eu-west-1$/],
    ],
    [
      'an id for another region',
      {
        images: [
          plain,
          {
            ...old,
            base: { id: { 'us-east-1': 'ami-0123456789abcdef0', 'eu-west-1': 'ami-0123456789abcdef0' } },
          },
        ],
      },
      [/images\[1\]\.base\.id\.eu-west-1: expected a region that is in "regions"/],
    ],
    [
      'a provisioner for an unknown target',
      { images: [plain, old], provisioners: [{ type: 'shell', inline: ['true'], only: ['eu-west-1-old'] }] },
      [/provisioners\[0\]\.only\[0\]: expected the name of an image or of a target, found "eu-west-1-old"/],
    ],
  ])('is refused with %s', (_, change, says) => {
    expect(refusal(() => read({ ...least, regions, ...change }))).toEqual(
      says.map((one) => expect.stringMatching(one)),
    );
  });
});

describe('the user to log in as', () => {
  const windows = (builder: object) =>
    withImage({ base: { ssm: '/windows' }, builder: { instance_type: 'm5.large', ...builder } });

  it.each([
    { communicator: 'winrm', winrm_username: 'Administrator' },
    { communicator: 'none' },
    { communicator: 'ssh', ssh_username: 'Administrator' },
    {},
  ])('is required only if the communicator needs it: not with %j', (builder) => {
    expect(read(windows(builder)).images).toHaveLength(1);
  });

  it.each([
    [
      { communicator: 'winrm', ssh_username: 'x' },
      'winrm_username: expected the user to log in to the base image as, such as "Administrator"',
    ],
    [
      { communicator: 'ssh', ssh_username: ' ' },
      'ssh_username: expected the user to log in to the base image as, such as "ec2-user"',
    ],
  ])('is required with %j', (builder, says) => {
    expect(refusal(() => read(windows(builder)))).toEqual([
      expect.stringContaining(`images[0].builder.${says}`),
    ]);
  });
});

describe('timeouts', () => {
  it('are minutes or hours', () => {
    expect(read({ ...least, timeouts: { build: '8h', ami: '90m' } }).timeouts).toEqual({
      build: 28_800,
      ami: 5_400,
    });
    expect(read(least)).not.toHaveProperty('timeouts');
  });

  it.each([
    [{ build: '8' }, 'timeouts.build: expected minutes or hours, such as "8h", found "8"'],
    [{ ami: '0h' }, 'timeouts.ami: expected minutes or hours, such as "10h", found "0h"'],
    [{ wait: '1h' }, 'timeouts.wait: expected one of the keys "build", "ami"'],
  ])('are refused: %j', (timeouts, says) => {
    expect(refusal(() => read({ ...least, timeouts }))).toEqual([expect.stringContaining(says)]);
  });
});
