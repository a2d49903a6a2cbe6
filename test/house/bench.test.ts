import { expect, it } from 'vitest';
import { table } from '../../bench/support/table.ts';

it('the table of benchmarks says whether the median meets the aim, and shows the spread', () => {
  const row = { what: 'a', measured: '3 s', comparedWith: 'b: 2 s', ratios: [9, 1, 1.25], done: '' };
  const drawn = (aim: 'at most' | 'at least', ratio: number) =>
    table([{ ...row, aim: { is: aim, ratio } }])
      .split('\n')
      .at(2);
  expect(drawn('at most', 1.3)).toBe(
    '| a    | 3 s      | b: 2 s        | 1.25 (1.00 to 9.00) | at most 1.3 | yes |',
  );
  expect(drawn('at most', 1.2)).toMatch(/\| no {2}\|$/);
  expect(drawn('at least', 1.3)).toMatch(/\| no {2}\|$/);
  expect(drawn('at least', 1.2)).toMatch(/\| yes \|$/);
});
