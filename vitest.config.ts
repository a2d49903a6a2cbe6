import { defineConfig } from 'vitest/config';

/** `unit` needs nothing but Node; `packer` runs real Packer and the built command line. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts', 'sandbox/test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/crash/**', 'sandbox/test/packer/**'],
        },
      },
      {
        test: {
          name: 'packer',
          include: ['test/e2e/**/*.test.ts', 'test/crash/**/*.test.ts', 'sandbox/test/packer/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
    ],
  },
});
