import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { exclusively } from '../referees/exclusive.ts';

const root = resolve(import.meta.dirname, '../..');
const stamp = join(root, 'dist/.built');

/** Milliseconds. A build takes a quarter of a minute. */
const limit = 300_000;

/**
 * Builds the command line that tests run, once for all projects that need it, and only if a source is newer than the last
 * build, as `scripts/build-current.bash` says. Throws with the compiler's messages.
 */
export default async (): Promise<void> => {
  if (isBuilt()) return;
  mkdirSync(join(root, 'dist'), { recursive: true });
  await exclusively(join(root, 'dist/.building.lock'), limit, async () => {
    if (isBuilt()) return;
    // Dated before the compiler reads: a source saved meanwhile counts as newer.
    const begun = join(root, `dist/.building.${process.pid}`);
    writeFileSync(begun, '');
    try {
      await compile();
      renameSync(begun, stamp);
    } finally {
      rmSync(begun, { force: true });
    }
  });
};

const compile = () =>
  promisify(execFile)(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'],
    { cwd: root, timeout: limit },
  ).catch(({ stdout, message }: { stdout?: string; message: string }) => {
    throw new Error(`The command line cannot be built, so no test of it can run.\n${stdout || message}`);
  });

const isBuilt = (): boolean =>
  spawnSync('bash', ['-c', 'source scripts/build-current.bash && build_is_current'], { cwd: root }).status ===
  0;
