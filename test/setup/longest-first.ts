import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const root = join(import.meta.dirname, '../..');

/** The slowest files of their project, the slowest first: started last, one of them would still run alone at the end. */
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

/** Tests that start Packer mostly wait for it: they start first, and tests that only compute use the remaining time. */
const order = ['examples', 'packer', 'referees', 'exhaustive', 'unit'];

/** vitest's own order, except for files known to be slow: on a machine without earlier runs, vitest sorts by size. */
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
