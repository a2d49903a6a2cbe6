import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/setup/longest-first.ts';

/**
 * The same for all projects, or vitest runs none of them side by side. More than two cores: tests with Packer wait for it now and
 * then, and vitest's own number, one less than there are cores, leaves one of two idle. Ten take as long, since the processor is busy
 * by then, and run into time limits.
 */
const maxWorkers = Math.max(4, availableParallelism());

/** Killed at every call, fifty seeds, thousands of AMIs: a third of the time of all tests that need nothing but Node. */
const exhaustive = [
  'test/cleanup/at-size/**/*.test.ts',
  'test/cleanup/killed.test.ts',
  'test/publish/barrier.test.ts',
  'test/remove/remove-region.test.ts',
  'test/lifecycle/yank.test.ts',
];

// Files of one worker share a process and its modules: loading the EC2 client anew for each takes half the time.
// A test that changes what the process has (its environment, say) puts it back before it ends.
const isolate = false;

/**
 * `unit` needs nothing but Node, no build either, and `exhaustive` is more of the same; `packer` runs real Packer and the command
 * line, which it builds first; `referees` lets other people's clients judge the sandbox, from a Python environment that it makes
 * itself; `examples` publishes what is in `examples/`, as their READMEs say.
 */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts', 'sandbox/test/**/*.test.ts'],
          isolate,
          exclude: [
            ...exhaustive,
            'test/e2e/**',
            'test/crash/**',
            'test/referees/**',
            'test/examples/**',
            'sandbox/test/packer/**',
          ],
          // A limit for what hangs, not for slow machines.
          testTimeout: 180_000,
          hookTimeout: 180_000,
          maxWorkers,
        },
      },
      {
        test: {
          name: 'exhaustive',
          include: exhaustive,
          isolate,
          testTimeout: 900_000,
          hookTimeout: 180_000,
          maxWorkers,
        },
      },
      {
        test: {
          name: 'packer',
          include: ['test/e2e/**/*.test.ts', 'test/crash/**/*.test.ts', 'sandbox/test/packer/**/*.test.ts'],
          globalSetup: ['test/setup/build.ts', 'test/setup/packer.ts'],
          isolate,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          maxWorkers,
        },
      },
      {
        test: {
          name: 'examples',
          include: ['test/examples/**/*.test.ts'],
          globalSetup: ['test/setup/build.ts', 'test/setup/packer.ts', 'test/referees/setup.ts'],
          // Whole, one test makes and deletes up to 68 AMIs.
          testTimeout: process.env.GOPACKGO_EXAMPLES === 'whole' ? 3_000_000 : 300_000,
          hookTimeout: 300_000,
          maxWorkers,
        },
      },
      {
        test: {
          name: 'referees',
          include: ['test/referees/**/*.test.ts'],
          globalSetup: ['test/setup/build.ts', 'test/referees/setup.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          maxWorkers,
        },
      },
    ],
  },
});
