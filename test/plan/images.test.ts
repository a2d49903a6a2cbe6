// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the shell's and HCL's
import { describe, expect, it } from 'vitest';
import type { Publication } from '../../src/model/publication.ts';
import { expandImages, expectationOf } from '../../src/plan/images.ts';
import { amiNameOf, targetNames } from '../../src/plan/target-values.ts';
import { refusal } from '../config/a-config.ts';
import { four, publication, settings } from './a-publication.ts';

describe('expandImages', () => {
  it('makes one image of every combination, the last variable fastest', () => {
    const images = expandImages(publication());
    expect(images.map(({ name }) => name)).toEqual(['2204-hvm', '2204-pv', '2404-hvm', '2404-pv']);
    expect(images[3]).toMatchObject({
      place: 'images[0]',
      variables: { ubuntu: '2404', virtualization: 'pv' },
      base: { ubuntu: '2404' },
      virtualization: 'pv',
    });
    expect(images.map((image) => expectationOf(image).virtualization)).toEqual([
      'hvm',
      'paravirtual',
      'hvm',
      'paravirtual',
    ]);
  });

  it('names targets region by region, and AMIs by all placeholders', () => {
    const amiName = '{publication}/{version} {region} {image} ({virtualization} {architecture}) [{ubuntu}]';
    const web = publication({ amiName });
    const images = expandImages(web);
    expect(targetNames(web, images).map(({ name }) => name)).toEqual([
      'us-east-1-2204-hvm',
      'us-east-1-2204-pv',
      'us-east-1-2404-hvm',
      'us-east-1-2404-pv',
      'eu-west-1-2204-hvm',
      'eu-west-1-2204-pv',
      'eu-west-1-2404-hvm',
      'eu-west-1-2404-pv',
    ]);
    const [, pv] = images;
    expect(pv && amiNameOf(web, pv, 'eu-west-1')).toBe('web/1.2.0 eu-west-1 2204-pv (pv x86_64) [2204]');
  });

  it('fills in placeholders of the base that do not depend on the region', () => {
    const image = settings({
      base: { ssm: '/{publication}/{version}/{architecture}' },
      architecture: 'arm64',
    });
    expect(expandImages(publication({ images: [image] }))[0]?.base).toEqual({ ssm: '/web/1.2.0/arm64' });
  });

  it("prefers an image's own AMI name", () => {
    const web = publication({ images: [settings({ amiName: 'own {image}' }), settings({ name: 'other' })] });
    expect(expandImages(web).map((image) => amiNameOf(web, image, 'us-east-1'))).toEqual([
      'own plain',
      'web 1.2.0 other',
    ]);
  });

  it("accepts names at AWS's limits", () => {
    for (const amiName of ['abc', 'a'.repeat(128), "()[] ./-'@_"]) {
      expect(expandImages(publication({ images: [settings()], amiName }))).toHaveLength(1);
    }
  });

  const refused: [what: string, change: Partial<Publication>, lines: (string | RegExp)[]][] = [
    [
      'unknown placeholders, each at its place',
      { amiName: '{versoin} {ubuntu}', images: [{ ...four, name: '{image}', base: { ubuntu: '{ubunt}' } }] },
      [
        'amiName: expected one of {ubuntu}, {virtualization}, {architecture}, {version}, {publication}, {region}, {image}, found {versoin}. Did you mean "version"?',
        'images[0].name: expected one of {ubuntu}, {virtualization}, {architecture}, found {image}',
        /^images\[0\].base.ubuntu: expected one of .*, found \{ubunt\}. Did you mean "ubuntu"\?$/,
      ],
    ],
    [
      'a variable that not every image has',
      { amiName: '{ubuntu} {image}', images: [four, settings()] },
      [/^amiName: expected one of \{virtualization\}, .*, found \{ubuntu\}$/],
    ],
    [
      'a name with a Packer function',
      { amiName: 'web {{timestamp}} {image}' },
      [/^amiName: expected an AMI name that is the same in every run.*\{version\}/],
    ],
    [
      "the shell's and HCL's braces in a name",
      { amiName: '${HOME} %{x} {image}' },
      [/^amiName: .*found "\$" "\{" "\}" "%" in /],
    ],
    [
      'a colon',
      { amiName: 'web: {image}' },
      [/^amiName: .*found ":" in "web: 2204-hvm", and 3 more like it$/],
    ],
    [
      'two characters',
      { amiName: 'ab', images: [settings()] },
      ['amiName: expected an AMI name of 3 to 128 characters, found 2 in "ab"'],
    ],
    ['129 characters', { amiName: 'a'.repeat(129), images: [settings()] }, [/found 129 in/]],
    [
      'one AMI name for all',
      { amiName: 'web {version}' },
      [
        'amiName: expected an AMI name for each image, found "web 1.2.0" for 2204-hvm, 2204-pv, 2404-hvm, 2404-pv. Add {ubuntu} and {virtualization} to it.',
      ],
    ],
    [
      'one AMI name for some, in their own places',
      { images: [settings({ amiName: 'same' }), settings({ name: 'other', amiName: 'same' })] },
      [
        'images[1].amiName: expected an AMI name for each image, found "same" for plain, other. Add {image} to it.',
      ],
    ],
    [
      'a name for two of a matrix',
      { images: [{ ...four, name: '{ubuntu}' }] },
      [/^images\[0\].name: .*"2204" twice. Add \{virtualization\} to it\.$/, /"2404" twice/],
    ],
    [
      'a name for two images, but for the case',
      { images: [settings({ name: 'A' }), settings({ name: 'a' })] },
      [/^images\[1\].name: .*"a" twice \(also images\[0\]\)/],
    ],
    [
      'a dot in an image name',
      { images: [settings({ name: 'v1.2' })] },
      [/^images\[0\].name: expected an image name of .*, found "v1.2"$/],
    ],
    [
      'unknown values',
      {
        images: [
          settings({
            matrix: { ubuntu: ['jammy'], virtualization: ['xen'], architecture: ['amd64'] },
            base: { ubuntu: '{ubuntu}' },
            virtualization: '{virtualization}',
            architecture: '{architecture}',
          }),
        ],
      },
      [
        'images[0].architecture: expected "x86_64" or "arm64", found "amd64" for plain',
        'images[0].virtualization: expected "hvm" or "pv", found "xen" for plain',
        /^images\[0\].base.ubuntu: .*found "jammy" for plain$/,
      ],
    ],
    [
      'pv on arm64',
      { images: [settings({ architecture: 'arm64', virtualization: 'pv' })] },
      [/^images\[0\].virtualization: expected "hvm" with arm64/],
    ],
    [
      'a matrix that never ends',
      {
        images: [
          settings({ matrix: Object.fromEntries([...'abcdefghij'].map((key) => [key, [...'0123456789']])) }),
        ],
      },
      ['images[0].matrix: expected at most 1000 images in all, found 10000000000'],
    ],
  ];

  it.each(refused)('refuses %s', (_what, change, lines) => {
    const found = refusal(() => expandImages(publication(change))).map((line) =>
      line.replace(/^configs\/web\.json: /, ''),
    );
    expect(found).toEqual(
      lines.map((line) => (typeof line === 'string' ? line : expect.stringMatching(line))),
    );
  });
});
