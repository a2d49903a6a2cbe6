import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { table } from '../../bench/support/table.ts';
import { benches, expectItWorks, folder, runNode } from './bench-rows.ts';

it('there are benchmarks', () => expect(benches.inProcess.length).toBeGreaterThan(3));

it.each(benches.inProcess)('the benchmark "%s" does its work, at a tiny size', { timeout: 120_000 }, (name) =>
  expectItWorks(name),
);

describe('the runner', () => {
  it('draws the table of one benchmark', () => {
    const { status, stdout } = runNode(join(folder, 'run.ts'), '--only', 'request-rates');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^\| what .*\| met \|\n\|-.*\n\| sharing /);
  });

  it('names what there is where it knows no such benchmark', () => {
    const { status, stderr } = runNode(join(folder, 'run.ts'), '--only', 'request-rate');
    expect(status).toBe(2);
    expect(stderr).toContain('plan, ');
    expect(stderr).toContain('request-rates');
  });

  it('says whether an aim is met by the median, and shows the spread', () => {
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
});
