import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Sandbox, type SeededWorld, seedSandbox, startSandbox } from '../../sandbox/index.ts';
import { openAccount } from './embedded.ts';
import { type Size, writePublication } from './publication.ts';
import { check } from './tell.ts';

const root = resolve(import.meta.dirname, '../..');

export interface Ran {
  stdout: string;
  /** Milliseconds of the whole process. */
  took: number;
}

/** A folder with the publication `bench` and a sandbox that runs, in which the command line is run as users run it. */
export interface BenchProject {
  folder: string;
  sandbox: Sandbox;
  /** @throws where it does not end with status 0. */
  gopackgo(words: readonly string[], environment?: Record<string, string>): Promise<Ran>;
  close(): Promise<void>;
}

/** @param world what is there beforehand. */
export async function benchProject(size: Size, world?: SeededWorld): Promise<BenchProject> {
  const folder = mkdtempSync(join(tmpdir(), 'gopackgo-bench-'));
  writePublication(folder, size);
  const state = join(folder, '.gopackgo/sandbox/state');
  if (world) await seedSandbox(state, world);
  const sandbox = await startSandbox({ folder: state, behaviour: openAccount });
  return {
    folder,
    sandbox,
    gopackgo: (words, environment = {}) =>
      run(['bash', resolve(root, 'scripts/gopackgo'), ...words], folder, environment),
    async close() {
      await sandbox.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

const limit = 10 * 60_000;

/** @throws where it does not end with status 0 within ten minutes. */
export async function run(
  [program, ...args]: readonly [string, ...string[]],
  cwd: string,
  environment: Record<string, string>,
): Promise<Ran> {
  const { PATH = '' } = process.env;
  const path = [resolve(root, 'node_modules/.bin'), PATH].join(delimiter);
  const began = performance.now();
  const child = spawn(program, args, {
    cwd,
    env: { PATH: path, HOME: cwd, LANG: 'C.UTF-8', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: limit,
  });
  const [stdout, stderr, [exit]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  const took = performance.now() - began;
  check(
    exit === 0,
    `${args.join(' ')} ended with ${exit}:\n${stdout.slice(-2_000)}\n${stderr.slice(-2_000)}`,
  );
  return { stdout, took };
}
