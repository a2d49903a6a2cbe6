import { defineConfig } from 'vitest/config';

/**
 * `unit` needs nothing but Node, no build either; `packer` runs real Packer and the command line, which it builds first; `referees` lets other people's
 * clients judge the sandbox, from a Python environment that it makes itself.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts', 'sandbox/test/**/*.test.ts'],
          // Files of one worker share a process and its modules: loading the EC2 client anew for each takes half the time.
          // A test that changes what the process has (its environment, say) puts it back before it ends.
          isolate: false,
          exclude: ['test/e2e/**', 'test/crash/**', 'test/referees/**', 'sandbox/test/packer/**'],
          // A limit for what hangs, not for slow machines.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'packer',
          include: ['test/e2e/**/*.test.ts', 'test/crash/**/*.test.ts', 'sandbox/test/packer/**/*.test.ts'],
          globalSetup: ['test/setup/build.ts'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          // More than cores: these tests wait most of the time, for looks a second apart and for Packer.
          maxWorkers: 4,
        },
      },
      {
        test: {
          name: 'referees',
          include: ['test/referees/**/*.test.ts'],
          globalSetup: ['test/setup/build.ts', 'test/referees/setup.ts'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          maxWorkers: 4,
        },
      },
    ],
  },
});
