import { expect, test } from 'vitest';
import { differencesOf, judgeDifferences } from './differences.ts';

const known = {
  scenarios: ['images'],
  steps: ['make*'],
  at: ['Images[*].Size'],
  sandbox: 8,
  moto: null,
  reason: 'moto has no sizes',
  documentation: 'DescribeImages',
};

const judged = (sandbox: object, moto: object, scenario = 'images') =>
  judgeDifferences(scenario, differencesOf({ 'make one': { ...sandbox } }, { 'make one': { ...moto } }), [
    known,
  ]);

test('a known difference passes, but only in its scenario', () => {
  const [ours, theirs] = [{ 'Images[a].Size': 8, Name: 'x' }, { Name: 'x' }];
  expect(judged(ours, theirs)).toEqual({ unlisted: [], gone: [] });
  expect(judged(ours, theirs, 'tags').unlisted).toMatchObject([{ at: 'Images[a].Size' }]);
});

test('another value, another leaf and another error are unknown', () => {
  expect(judged({ 'Images[a].Size': 9 }, {}).unlisted).toMatchObject([{ sandbox: 9, moto: undefined }]);
  expect(judged({ 'Images[a].Name': 8 }, {}).unlisted).toHaveLength(1);
  expect(judged({ error: 'NotFound' }, { 'Images[a].Size': 8 }).unlisted).toEqual([
    { step: 'make one', at: 'error', sandbox: 'NotFound', moto: undefined },
  ]);
});

test('a listed difference must occur', () => {
  expect(judged({ Name: 'x' }, { Name: 'x' })).toEqual({
    unlisted: [],
    gone: ['make*: Images[*].Size: moto has no sizes'],
  });
});

test('a step that one of them never reached is a difference', () => {
  expect(differencesOf({ launch: { Id: 1 } }, {})).toMatchObject([{ at: 'error', moto: 'no such step' }]);
});
