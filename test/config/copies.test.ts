import { describe, expect, it } from 'vitest';
import { createWorld } from '../../sandbox/testing/index.ts';
import { expandImages } from '../../src/plan/images.ts';
import { makeReleasePlan } from '../../src/plan/make-plan.ts';
import { selectTargets, withSources } from '../../src/plan/select-targets.ts';
import { targetNames } from '../../src/plan/target-values.ts';
import { plan as aPlan, clientsOf } from '../support/embedded.ts';
import { least, read, refusal, withImage } from './a-config.ts';

const regions = ['us-east-1', 'eu-west-1', 'sa-east-1'];
const image = (change: Record<string, unknown>) => ({ ...least.images[0], ...change });
const copied = { ...least, regions, copyFrom: 'us-east-1' };

const fromOf = (config: unknown) => {
  const publication = read(config);
  return Object.fromEntries(
    targetNames(publication, expandImages(publication)).map(({ name, copy }) => [
      name,
      copy?.from ?? 'built',
    ]),
  );
};

describe('copyFrom', () => {
  it.each([
    [
      'of the publication',
      copied,
      { 'us-east-1-2204-hvm': 'built', 'eu-west-1-2204-hvm': 'us-east-1-2204-hvm' },
    ],
    [
      'of an image',
      { ...least, regions, images: [image({ copyFrom: 'eu-west-1' }), image({ name: 'other' })] },
      {
        'us-east-1-2204-hvm': 'eu-west-1-2204-hvm',
        'eu-west-1-2204-hvm': 'built',
        'us-east-1-other': 'built',
      },
    ],
    [
      'false for an image',
      { ...copied, images: [image({ copyFrom: false }), image({ name: 'other' })] },
      { 'eu-west-1-2204-hvm': 'built', 'eu-west-1-other': 'us-east-1-other' },
    ],
    [
      'and a region that builds',
      { ...copied, regions: { 'us-east-1': {}, 'eu-west-1': { build: true }, 'sa-east-1': {} } },
      { 'eu-west-1-2204-hvm': 'built', 'sa-east-1-2204-hvm': 'us-east-1-2204-hvm' },
    ],
  ])('%s says what is built and what is copied', (_, config, expected) => {
    expect(fromOf(config)).toMatchObject(expected);
  });

  it('requires builder options and ids of base images only in regions that build', () => {
    const config = {
      ...copied,
      regions: { 'us-east-1': { instance_type: 'm5.large' }, 'eu-west-1': {} },
      images: [
        image({
          base: { id: { 'us-east-1': 'ami-0123456789abcdef0' } },
          builder: { ssh_username: 'ubuntu' },
        }),
      ],
    };
    expect(fromOf(config)).toMatchObject({ 'eu-west-1-2204-hvm': 'us-east-1-2204-hvm' });
  });

  it.each([
    [
      'an unknown region',
      { ...copied, copyFrom: 'us-east-2' },
      'copyFrom: expected a region that is in "regions", found "us-east-2". Did you mean "us-east-1"?',
    ],
    ['a word', { ...copied, copyFrom: 'everywhere' }, 'copyFrom: expected a region as AWS writes it'],
    [
      'true for an image',
      { ...copied, images: [image({ copyFrom: true })] },
      'images[0].copyFrom: expected a region, or false, found true',
    ],
    [
      'a region that may fail',
      { ...copied, regions: { 'us-east-1': { bestEffort: true }, 'eu-west-1': {} } },
      'regions.us-east-1.bestEffort: expected a region that others are copied from to be required, found true. Remove it, or copy from another region: copyFrom.',
    ],
    [
      'an image on instance-store',
      {
        ...copied,
        images: [
          image({
            rootDevice: 'instance-store',
            builder: { instance_type: 'm3.medium', iam_instance_profile: 'bundler' },
          }),
        ],
      },
      `copyFrom: expected images on EBS, found images[0] on instance-store, whose bundle EC2 would copy to a bucket that is not the release's own. Add "copyFrom": false to images[0]: then it is built in every region.`,
    ],
    [
      'options in a region that builds nothing',
      { ...copied, regions: { 'us-east-1': {}, 'eu-west-1': { subnet_id: 'subnet-1' } } },
      'regions.eu-west-1.subnet_id: expected builder options only in a region that builds, found a region that gets copies (copyFrom). Add "build": true to the region, or remove the options.',
    ],
    [
      'its own time',
      { ...least, regions, copyWithin: '30m' },
      'copyWithin: expected "copyFrom" as well, which says what is copied, found none',
    ],
    [
      'a limit for copies without copies',
      { ...least, regions, timeouts: { copy: '8h' } },
      'timeouts.copy: expected "copyFrom" as well, which says what is copied, found none',
    ],
    [
      '"build" in a region that builds anyway',
      { ...least, regions: { 'us-east-1': {}, 'eu-west-1': { build: true } } },
      'regions.eu-west-1.build: expected a region that would get copies otherwise ("copyFrom"), found one in which everything is built anyway. Remove it.',
    ],
    [
      'also the source region',
      { ...copied, regions: { 'us-east-1': { build: true }, 'eu-west-1': {} } },
      'regions.us-east-1.build: expected a region that would get copies otherwise',
    ],
    [
      'ten minutes',
      { ...copied, copyWithin: '10m' },
      'copyWithin: expected between "15m" and "48h", in steps of 15 minutes, found 10 minutes',
    ],
    [
      'three days',
      withImage({ copyFrom: 'us-east-1', copyWithin: '72h' }),
      'images[0].copyWithin: expected between "15m" and "48h"',
    ],
    [
      "a date of Packer's that publish would replace",
      {
        ...withImage({ builder: { instance_type: 'm5.large', deprecate_at: '2030-01-01T00:00:00Z' } }),
        deprecateAfter: '26w',
      },
      'images[0].builder.deprecate_at: expected no date together with "deprecateAfter", since publish sets the date, found one',
    ],
  ])('%s is refused', (_, config, said) => {
    expect(refusal(() => read(config)).join('\n')).toContain(said);
  });
});

describe('the plan', () => {
  const planOf = (config: unknown) =>
    makeReleasePlan(
      read(config),
      { clients: clientsOf(createWorld()), account: aPlan.account, endpoint: 'sandbox:test' },
      undefined,
      new Date(),
    );

  it('gives a copy the base image and the expectations of its source, and a recipe derived from it', async () => {
    const { targets } = await planOf({ ...copied, copyWithin: '1h', regions: ['eu-west-1', 'us-east-1'] });
    const [copy, source] = targets;
    expect(copy).toMatchObject({
      name: 'eu-west-1-2204-hvm',
      copy: { from: 'us-east-1-2204-hvm', region: 'us-east-1', within: 60 },
      base: source?.base,
      expect: source?.expect,
    });
    expect(source).not.toHaveProperty('copy');
    expect(copy?.recipe).not.toBe(source?.recipe);
    const same = await planOf({ ...copied, regions: ['us-east-1', 'eu-west-1'] });
    expect(same.targets.find(({ name }) => name === copy?.name)?.recipe).toBe(copy?.recipe);
    const other = await planOf({
      ...copied,
      images: [image({ builder: { instance_type: 'm5.large', tags: { a: 'b' } } })],
    });
    expect(other.targets.find(({ name }) => name === copy?.name)?.recipe).not.toBe(copy?.recipe);
  });
});

describe('--only', () => {
  it.each([
    [{ only: ['eu-west-1-2204-hvm'] }, ['us-east-1-2204-hvm', 'eu-west-1-2204-hvm']],
    [{ only: ['us-east-1'] }, ['us-east-1-2204-hvm', 'us-east-1-other']],
    [{ only: ['other'], except: ['us-east-1'] }, ['eu-west-1-other', 'sa-east-1-other']],
    [
      { only: ['other'], except: ['us-east-1-2204-hvm'] },
      ['us-east-1-other', 'eu-west-1-other', 'sa-east-1-other'],
    ],
  ])('%o includes the sources of copies', (selection, names) => {
    const publication = read({ ...copied, images: [image({}), image({ name: 'other' })] });
    const targets = targetNames(publication, expandImages(publication));
    const chosen = withSources(targets, selectTargets(targets, selection), selection);
    expect(chosen.map(({ name }) => name)).toEqual(names);
  });
});
