import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { benches, expectItWorks, folder, runNode } from '../house/bench-rows.ts';

it('six benchmarks measure the command line', () => expect(benches.withCommandLine).toHaveLength(6));

it('several benchmarks run in one process', () => expect(benches.inProcess.length).toBeGreaterThan(3));

it.each([...benches.withCommandLine, ...benches.inProcess])(
  'the benchmark "%s" does its work at a tiny size',
  expectItWorks,
);

describe('the runner', () => {
  it('draws the table of one benchmark', () => {
    const { status, stdout } = runNode(join(folder, 'run.ts'), '--only', 'request-rates');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^\| what .*\| met \|\n\|-.*\n\| sharing /);
  });

  it('lists the benchmarks if the name is unknown', () => {
    const { status, stderr } = runNode(join(folder, 'run.ts'), '--only', 'request-rate');
    expect(status).toBe(2);
    expect(stderr).toContain('plan, ');
    expect(stderr).toContain('request-rates');
  });
});
