import { describe, expect, it } from 'vitest';
import { type Selection, selectTargets } from '../../src/plan/select-targets.ts';
import { refusal } from '../config/a-config.ts';

const images = ['2204-hvm', '2204-hvm-minimal', '2404-arm-hvm', '1404-pv'];
const targets = ['us-east-1', 'us-east-10', 'us-gov-east-1', 'eu-west-1'].flatMap((region) =>
  images.map((image) => ({ name: `${region}-${image}`, region, image })),
);
const all = targets.map(({ name }) => name);
const inRegion = (region: string) =>
  targets.filter((target) => target.region === region).map(({ name }) => name);
const ofImage = (image: string) => targets.filter((target) => target.image === image).map(({ name }) => name);

const selected: [only: string[], except: string[], names: string[]][] = [
  [[], [], all],
  [['us-east-1-2204-hvm'], [], ['us-east-1-2204-hvm']],
  [['us-east-10-2204-hvm'], [], ['us-east-10-2204-hvm']],
  [['us-east-1-pv'], [], ['us-east-1-1404-pv']],
  [['us-east-10-pv'], [], ['us-east-10-1404-pv']],
  [['us-gov-east-1-pv'], [], ['us-gov-east-1-1404-pv']],
  [['us-east-1-hvm'], [], ['us-east-1-2204-hvm', 'us-east-1-2204-hvm-minimal', 'us-east-1-2404-arm-hvm']],
  [['us-east-1-2204'], [], ['us-east-1-2204-hvm', 'us-east-1-2204-hvm-minimal']],
  [['us-east-1-2404-hvm'], [], ['us-east-1-2404-arm-hvm']],
  [['us-east-1-2204-minimal'], [], ['us-east-1-2204-hvm-minimal']],
  [['us-east-1'], [], inRegion('us-east-1')],
  [['2204-hvm'], [], ofImage('2204-hvm')],
  [['*'], [], all],
  [['us-*-pv'], [], ['us-east-1-1404-pv', 'us-east-10-1404-pv', 'us-gov-east-1-1404-pv']],
  [['eu-west-?-2204-hvm'], [], ['eu-west-1-2204-hvm']],
  [['us-east-[1]-1404-pv'], [], ['us-east-1-1404-pv']],
  [['{eu-west-1,us-gov-east-1}-1404-pv'], [], ['us-gov-east-1-1404-pv', 'eu-west-1-1404-pv']],
  [['1404-*'], [], ofImage('1404-pv')],
  [['eu-west-1-pv', 'us-east-1-1404-pv', 'eu-west-1-pv'], [], ['us-east-1-1404-pv', 'eu-west-1-1404-pv']],
  [['eu-west-1'], ['*-hvm', '*-minimal'], ['eu-west-1-1404-pv']],
  [['eu-west-1-pv'], ['us-east-1'], ['eu-west-1-1404-pv']],
  [['eu-west-1', 'us-east-1-pv'], [], ['us-east-1-1404-pv', ...inRegion('eu-west-1')]],
  [
    ['us-east-1-2204-hvm', '1404-pv'],
    ['us-gov-east-1'],
    ['us-east-1-2204-hvm', 'us-east-1-1404-pv', 'us-east-10-1404-pv', 'eu-west-1-1404-pv'],
  ],
  [['us-gov-east-1-2404'], [], ['us-gov-east-1-2404-arm-hvm']],
  [['us-east-1-2404-arm-hvm'], [], ['us-east-1-2404-arm-hvm']],
  [['eu-west-1-arm-hvm'], [], ['eu-west-1-2404-arm-hvm']],
  [['eu-west-1-hvm-minimal'], [], ['eu-west-1-2204-hvm-minimal']],
  [['*-minimal'], ['us-*'], ['eu-west-1-2204-hvm-minimal']],
  [['us-east-1*-2204-hvm'], [], ['us-east-1-2204-hvm', 'us-east-10-2204-hvm']],
  [['*-[12][24]04-pv'], [], ofImage('1404-pv')],
  [['2204-hvm'], ['us-east-1', 'us-east-10', 'us-gov-east-1'], ['eu-west-1-2204-hvm']],
  [['eu-west-1'], ['us-east-1'], inRegion('eu-west-1')],
  [[], ['2204-hvm', '2204-hvm-minimal', '2404-arm-hvm'], ofImage('1404-pv')],
  [[], ['us-*', '1404-pv', 'eu-west-1-arm'], ['eu-west-1-2204-hvm', 'eu-west-1-2204-hvm-minimal']],
];

describe('selectTargets', () => {
  it.each(selected)('--only %j --except %j', (only, except, names) => {
    expect(selectTargets(targets, { only, except }).map(({ name }) => name)).toEqual(names);
  });

  it.each<[pattern: string, why: string]>([
    ['us-east-1-hvm-2204', 'in us-east-1, found none'],
    ['us-east-1-hv', 'in us-east-1'],
    ['us-east-1-', 'in us-east-1'],
    ['us-east-1-hvm-hvm', 'in us-east-1'],
    ['us-east', 'Did you mean "us-east-1"'],
    ['us-eats-1-2204-hvm', 'Did you mean "us-east-1-2204-hvm"'],
    ['US-EAST-1-2204-HVM', 'Did you mean "us-east-1-2204-hvm"'],
    ['2204-hmv', 'Did you mean "2204-hvm"'],
    ['hvm', 'The targets are us-east-1-2204-hvm, '],
    ['2204', 'The targets are us-east-1-2204-hvm, '],
    ['ap-*', '(16 in all)'],
    ['!us-*', 'The targets are'],
    ['!(us-east-1-*)', 'The targets are'],
    ['', 'found none'],
    ['us-east-1-1404-pv ', 'Did you mean "us-east-1-1404-pv"'],
  ])('%j matches nothing, in --only and in --except', (pattern, why) => {
    for (const option of ['only', 'except'] as const) {
      const selection: Selection = { [option]: ['eu-west-1', pattern] };
      const lines = refusal(() => selectTargets(targets, selection));
      expect(lines).toEqual([
        expect.stringContaining(`--${option} ${JSON.stringify(pattern)}: expected a target`),
      ]);
      expect(lines[0]).toContain(why);
    }
  });

  it('names every pattern that matches nothing at once', () => {
    expect(refusal(() => selectTargets(targets, { only: ['x', 'us-east-1'], except: ['y'] }))).toHaveLength(
      2,
    );
  });

  it('refuses a selection that leaves nothing', () => {
    const selection = { only: ['eu-west-1-pv'], except: ['1404-pv'] };
    expect(refusal(() => selectTargets(targets, selection))[0]).toContain(
      'expected at least one remaining target',
    );
  });
});
