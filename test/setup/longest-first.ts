import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const root = join(import.meta.dirname, '../..');

/** Files that take longest in their project, the longest first: started last, one of them would run on alone at the end. */
const longest = [
  'test/e2e/docs.test.ts',
  'test/e2e/strict.test.ts',
  'test/e2e/instance-store.test.ts',
  'test/e2e/publish.test.ts',
  'test/e2e/lies.test.ts',
  'test/e2e/partial.test.ts',
  'test/e2e/interrupt.test.ts',
  'test/e2e/secrets.test.ts',
  'test/crash/before-sharing.test.ts',
  'test/crash/before-tagging.test.ts',
  'test/crash/while-building.test.ts',
  'test/cleanup/at-size/at-size.test.ts',
  'test/publish/barrier.test.ts',
  'test/cleanup/killed.test.ts',
  'test/remove/remove-region.test.ts',
];

/** Tests that start Packer mostly wait for it: they begin, and those that only compute fill the time that they leave. */
const order = ['examples', 'packer', 'referees', 'exhaustive', 'unit'];

/** vitest's own order, but for the files that are known to take long: on a machine that ran none yet it goes by their size. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const unknown = longest.filter((file) => !existsSync(join(root, file)));
    if (unknown.length > 0)
      throw new Error(`test/setup/longest-first.ts names files that are gone: ${unknown.join(', ')}`);
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification) => {
      const at = longest.indexOf(relative(root, moduleId));
      return at === -1 ? longest.length : at;
    };
    return order.flatMap((name) =>
      sorted.filter(({ project }) => project.name === name).sort((one, other) => rank(one) - rank(other)),
    );
  }
}
