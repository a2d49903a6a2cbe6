import { expect, it } from 'vitest';
import { locationOf, ownBucketName } from '../../src/model/bundle-names.ts';
import { bundleOf } from '../../src/plan/bundle.ts';
import { bundleProblems } from '../../src/plan/bundle-problems.ts';
import { combinedImages } from '../../src/plan/image.ts';
import { four, publication } from './a-publication.ts';

const account = '123456789012';
const stored = (change: Partial<typeof four> = {}) => ({
  ...four,
  matrix: { ubuntu: ['1204', '1404'], virtualization: ['pv', 'hvm'] },
  rootDevice: 'instance-store' as const,
  ...change,
});
const bundles = (of: ReturnType<typeof publication>, region = 'us-east-1') =>
  combinedImages(of).map((image) => bundleOf(of, image, region, account));

it('gives each target its own bucket and prefix, and each version its own bucket', () => {
  const one = publication({ images: [stored()] });
  const next = publication({ images: [stored()], version: '1.2.1' });
  const places = [one, next].flatMap((of) =>
    ['us-east-1', 'eu-west-1'].flatMap((region) =>
      bundles(of, region).map((bundle) => bundle && locationOf(bundle)),
    ),
  );
  expect(new Set(places).size).toBe(16);
  expect(places[0]).toBe('gopackgo-123456789012-web-1-2-0-us-east-1/1204-pv.manifest.xml');
});

it('gives an hvm image a partition table, but not a pv image or Ubuntu 12.04', () => {
  const partitions = bundles(publication({ images: [stored()] })).map((bundle) => [
    bundle?.prefix,
    bundle?.partition,
  ]);
  expect(partitions).toEqual([
    ['1204-pv', undefined],
    ['1204-hvm', undefined],
    ['1404-pv', undefined],
    ['1404-hvm', 'mbr'],
  ]);
  const [bundle] = bundles(
    publication({
      images: [
        stored({ matrix: { ubuntu: ['1204'] }, name: 'x', base: { ssm: '/mine' }, virtualization: 'hvm' }),
      ],
    }),
  );
  expect(bundle?.partition).toBeUndefined();
});

it('has no bundle for an image on EBS', () => {
  expect(bundles(publication())).toEqual([undefined, undefined, undefined, undefined]);
});

it.each([
  ['web', '1.2.0', 'gopackgo-123456789012-web-1-2-0-us-east-1'],
  ['Web_Images', '2.6.4-beta1+7', 'gopackgo-123456789012-web-images-2-6-4-beta1-7-us-east-1'],
])('makes a valid bucket name from %s@%s', (name, version, expected) => {
  expect(ownBucketName({ name, version }, 'us-east-1', account)).toBe(expected);
});

it('shortens a long bucket name so that different releases keep different buckets', () => {
  const long = 'a'.repeat(58);
  const names = ['1.0.0', '1.0.1'].map((version) =>
    ownBucketName({ name: long, version }, 'ap-southeast-2', account),
  );
  for (const name of names) expect(name).toMatch(/^gopackgo-123456789012-[a-z0-9-]+-ap-southeast-2$/);
  expect(names.map(({ length }) => length)).toEqual([63, 63]);
  expect(new Set(names).size).toBe(2);
});

it("fills in the config's own bucket name, with dashes for the version's dots", () => {
  const bundle = {
    bucket: 'my-{publication}-{version}-{ubuntu}-{region}',
    credentials: 'command-line' as const,
  };
  const [first] = bundles(publication({ images: [stored({ bundle })] }), 'eu-west-1');
  expect(first).toMatchObject({ bucket: 'my-web-1-2-0-1204-eu-west-1', credentials: 'command-line' });
});

it.each([
  ['my.images-{region}', 'my.images-us-east-1'],
  ['My-Images-{region}', 'My-Images-us-east-1'],
  ['xn--{region}', 'xn--us-east-1'],
  ['{region}-s3alias', 'us-east-1-s3alias'],
  [`${'a'.repeat(60)}-{region}`, `${'a'.repeat(60)}-us-east-1`],
])('refuses %s as a bucket', (bucket, found) => {
  const images = [stored({ bundle: { bucket, credentials: 'instance-profile' } })];
  expect(bundleProblems(publication({ images }))).toEqual([
    { place: 'images[0].bundle.bucket', expected: expect.any(String), found: JSON.stringify(found) },
  ]);
});

it('refuses one bucket for two regions, since a bucket is in one region', () => {
  const images = [stored({ bundle: { bucket: 'my-images-{version}', credentials: 'instance-profile' } })];
  expect(bundleProblems(publication({ images }))).toEqual([
    {
      place: 'images[0].bundle.bucket',
      expected: 'a bucket for each region',
      found: '"my-images-1-2-0" for 2',
      advice: 'Add {region} to its name.',
    },
  ]);
});
