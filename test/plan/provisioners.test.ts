// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the shell's and HCL's
import { describe, expect, it } from 'vitest';
import type { Json, Provisioner } from '../../src/model/publication.ts';
import { builderOptionsFor } from '../../src/plan/builder-options.ts';
import { expandImages } from '../../src/plan/images.ts';
import { provisionersFor } from '../../src/plan/provisioners.ts';
import { targetName } from '../../src/plan/target-values.ts';
import { four, publication, settings } from './a-publication.ts';

function provisionersOf(provisioners: Provisioner[], region: string, name: string) {
  const web = publication({ provisioners });
  const image = expandImages(web).find((one) => one.name === name);
  if (!image) throw new Error(`no image ${name}`);
  return provisionersFor(web, image, { name: targetName(region, name), region, image: name });
}

describe('provisionersFor', () => {
  const steps: Provisioner[] = [
    { type: 'shell', inline: ['all'] },
    { type: 'shell', inline: ['image'], only: ['2204-hvm'] },
    { type: 'shell', inline: ['target'], only: ['eu-west-1-2204-hvm', '2404-pv'] },
    { type: 'shell', inline: ['not'], except: ['us-east-1-2204-hvm'] },
  ];

  it.each([
    ['us-east-1', '2204-hvm', ['all', 'image']],
    ['eu-west-1', '2204-hvm', ['all', 'image', 'target', 'not']],
    ['us-east-1', '2404-pv', ['all', 'target', 'not']],
    ['us-east-1', '2204-pv', ['all', 'not']],
  ])('chooses by only and except, in order: %s %s', (region, image, chosen) => {
    const found = provisionersOf(steps, region, image);
    expect(found).toEqual(chosen.map((word) => ({ type: 'shell', options: { inline: [word] } })));
  });

  it.each<[written: Json, filled: Json]>([
    ['{version}', '1.2.0'],
    ['a{region}b{image}', 'aus-east-1b2204-hvm'],
    ['{publication} {ubuntu} {virtualization} {architecture}', 'web 2204 hvm x86_64'],
    [{ env: ['V={version}', { deep: '{image}' }] }, { env: ['V=1.2.0', { deep: '2204-hvm' }] }],
    [{ '{version}': 1 }, { '{version}': 1 }],
    [
      [true, 5, null],
      [true, 5, null],
    ],
    ['${version} $${version} %{version}', '${version} $${version} %{version}'],
    ['${HOME} %{x} {unknown}', '${HOME} %{x} {unknown}'],
    ['{{version}} {{ timestamp }} {{.Vars}}', '{{version}} {{ timestamp }} {{.Vars}}'],
    ['{"v":{version}}', '{"v":1.2.0}'],
    ["awk '{print}' {} { version } {version", "awk '{print}' {} { version } {version"],
    ['{toString} {__proto__}', '{toString} {__proto__}'],
    ['quotes \' " \n é 🎈 \\', 'quotes \' " \n é 🎈 \\'],
  ])('fills in known placeholders and leaves everything else: %j', (written, filled) => {
    const [found] = provisionersOf([{ type: 'shell', option: written }], 'us-east-1', '2204-hvm');
    expect(found).toEqual({ type: 'shell', options: { option: filled } });
  });

  it('does not read values as placeholders or patterns', () => {
    const image = settings({ matrix: { a: ['{version} $& $1'] } });
    const web = publication({ images: [image], provisioners: [{ type: 'shell', inline: ['{a}'] }] });
    const [only] = expandImages(web);
    const target = { name: 'us-east-1-plain', region: 'us-east-1', image: 'plain' };
    expect(only && provisionersFor(web, only, target)[0]?.options).toEqual({ inline: ['{version} $& $1'] });
  });
});

describe('builderOptionsFor', () => {
  it("prefers the region's options to the image's, and fills in both", () => {
    const web = publication({
      images: [
        {
          ...four,
          builder: { instance_type: 'm5.large', tags: { Image: '{image}', Old: 'x' }, ebs_optimized: true },
        },
      ],
      regions: [
        { name: 'us-east-1', bestEffort: false, builder: {} },
        {
          name: 'eu-west-1',
          bestEffort: false,
          builder: { subnet_id: 'subnet-0a1b', tags: { Region: '{region}' } },
        },
      ],
    });
    const [image] = expandImages(web);
    if (!image) throw new Error('no image');
    expect(builderOptionsFor(web, image, 'us-east-1')).toEqual({
      instance_type: 'm5.large',
      tags: { Image: '2204-hvm', Old: 'x' },
      ebs_optimized: true,
    });
    expect(builderOptionsFor(web, image, 'eu-west-1')).toEqual({
      instance_type: 'm5.large',
      subnet_id: 'subnet-0a1b',
      tags: { Region: 'eu-west-1' },
      ebs_optimized: true,
    });
  });
});
