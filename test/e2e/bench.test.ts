import { expect, it } from 'vitest';
import { benches, expectItWorks } from '../house/bench-rows.ts';

it('there are benchmarks of the command line', () => expect(benches.withCommandLine).toHaveLength(4));

it.each(benches.withCommandLine)('the benchmark "%s" does its work, at a tiny size', expectItWorks);
