import { describe, expect, it } from 'vitest';
import { benches, expectItWorks } from '../house/bench-rows.ts';
import { judge } from './judge.ts';

/** Not a judge of the sandbox: it is here because s3cmd is here. */
describe.skipIf(!judge('the benchmark beside s3cmd'))('benchmarks beside other people’s programs', () => {
  it('exist', () => expect(benches.withOthers).toHaveLength(1));

  it.each(benches.withOthers)('the benchmark "%s" does its work, at a tiny size', expectItWorks);
});
