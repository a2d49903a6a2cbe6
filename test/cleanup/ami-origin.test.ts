import { describe, expect, it } from 'vitest';
import { originFinder } from '../../src/cleanup/ami-origin.ts';
import { publication, settings } from '../plan/a-publication.ts';

const web = publication({
  amiName: 'Web (AMI) {version}-{ubuntu}-{virtualization}',
  images: [
    settings({
      matrix: { ubuntu: ['1204', '1404'], virtualization: ['pv', 'hvm'] },
      name: '{ubuntu}-{virtualization}',
      virtualization: '{virtualization}',
    }),
  ],
});
const origin = originFinder(web);
const ami = (name: string, tags: Record<string, string> = {}) => ({ name, region: 'us-east-1', tags });

describe('by tags an AMI', () => {
  it('belongs to the release and the target that they name, whatever the config has today', () => {
    const tags = { 'gopackgo:release': 'web@0.9.0-beta1', 'gopackgo:target': 'us-east-1-1004-pv' };
    expect(origin(ami('any', tags))).toEqual({
      release: 'web@0.9.0-beta1',
      version: '0.9.0-beta1',
      image: '1004-pv',
      target: 'us-east-1-1004-pv',
      by: 'tag',
    });
  });

  it.each([
    ['another publication', { 'gopackgo:release': 'website@1.0.0', 'gopackgo:target': 'us-east-1-1404-pv' }],
    ['no target', { 'gopackgo:release': 'web@1.0.0' }],
    [
      'a copy of a target of another region',
      { 'gopackgo:release': 'web@1.0.0', 'gopackgo:target': 'eu-west-1-1404-pv' },
    ],
  ])('does not belong to the publication with %s, although its name would match', (_, tags) => {
    expect(origin(ami('Web (AMI) 1.0.0-1404-pv', tags))).toBeUndefined();
  });
});

describe('by name an AMI', () => {
  it('belongs to a version and an image if the name is exactly one that the config gives', () => {
    expect(origin(ami('Web (AMI) 2.6.3-1404-pv'))).toEqual({
      release: 'web@2.6.3',
      version: '2.6.3',
      image: '1404-pv',
      target: 'us-east-1-1404-pv',
      by: 'name',
    });
  });

  it.each([
    'Web (AMI) 2.6.3-1404-pv ',
    'My Web (AMI) 2.6.3-1404-pv',
    'Web (AMI) 2.6.3-1404-pvx',
    'Web (AMI) -1404-pv',
    'Web (AMI) 2.6 3-1404-pv',
    'Web xAMIx 2.6.3-1404-pv',
    'web (ami) 2.6.3-1404-pv',
    'Web (AMI) 2.6.3-1604-pv',
  ])('does not belong to the publication: %j', (name) => {
    expect(origin(ami(name))).toBeUndefined();
  });

  it('does not belong to it if the name could be that of two images, or has no version', () => {
    const twice = publication({
      amiName: 'web {version}{image}',
      images: [settings({ name: 'a' }), settings({ name: 'ba' })],
    });
    expect(originFinder(twice)(ami('web 1.0ba'))).toBeUndefined();
    expect(originFinder(twice)(ami('web 1.0a'))).toMatchObject({ version: '1.0', image: 'a' });
    const fixed = publication({ amiName: 'web {image}', images: [settings({ name: 'a' })] });
    expect(originFinder(fixed)(ami('web a'))).toBeUndefined();
  });

  it('must have the same version everywhere in its name', () => {
    const doubled = publication({ amiName: 'web {version} ({version})', images: [settings()] });
    expect(originFinder(doubled)(ami('web 1.0 (1.0)'))).toMatchObject({ version: '1.0' });
    expect(originFinder(doubled)(ami('web 1.0 (1.1)'))).toBeUndefined();
  });
});
