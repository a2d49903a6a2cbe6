import { expect, it } from 'vitest';
import { parseOptions } from '../../server/ami-tools/tool-options.ts';

const known = [
  { long: '--bucket', short: '-b', value: true },
  { long: '--batch' },
  { long: '--retry' },
  { long: '--delegation-token', short: '-t', value: true },
] as const;

it.each([
  [
    ['-b', 'x', '--retry'],
    ['--bucket x', '--retry '],
  ],
  [
    ['-bx', '--ret'],
    ['--bucket x', '--retry '],
  ],
  [['--bucket=x', 'left', 'out'], ['--bucket x']],
  [['-t', '-b', 'x'], ['--delegation-token -b']],
  [['--retry', '--', '-b', 'x'], ['--retry ']],
])('reads %j', (words, given) => {
  expect(parseOptions(words, known).map(({ long, value }) => `${long} ${value}`)).toEqual(given);
});

it.each([
  [['--nothing'], 'invalid option: --nothing'],
  [['-z'], 'invalid option: -z'],
  [['--b', 'x'], 'ambiguous option: --b'],
  [['-b'], 'missing argument: -b'],
  [['--batch=yes'], 'needless argument: --batch=yes'],
])('refuses %j', (words, why) => {
  expect(() => parseOptions(words, known)).toThrow(why);
});
