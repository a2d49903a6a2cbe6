import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { expect } from 'vitest';
import type { Row } from '../../bench/support/measurement.ts';

export const folder = resolve(import.meta.dirname, '../../bench');

const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
  .map((file) => basename(file, '.ts'));

/** Benchmarks that run the built command line, or Packer. */
const withCommandLine = new Set([
  'calls',
  'memory',
  'packer-overhead',
  'scheduling',
  'start-up',
  'validation',
]);

/** Benchmarks that run other people's programs, from the judges' environment. */
const withOthers = new Set(['cleanup-bundles']);

/** Names of benchmarks. */
export const benches = {
  inProcess: names.filter((name) => !withCommandLine.has(name) && !withOthers.has(name)),
  withCommandLine: names.filter((name) => withCommandLine.has(name)),
  withOthers: names.filter((name) => withOthers.has(name)),
};

export function runNode(...words: string[]) {
  return spawnSync(process.execPath, words, {
    encoding: 'utf8',
    env: { ...process.env, BENCH_SIZE: 'small' },
    // A limit for hanging processes, not for slow machines.
    timeout: 280_000,
  });
}

/** Each benchmark itself asserts that the measured work was done. */
export function expectItWorks(name: string): void {
  const { status, stdout, stderr } = runNode(join(folder, `${name}.ts`), '--json');
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const rows: Row[] = JSON.parse(stdout);
  const ratios = rows.flatMap((row) => ('ratios' in row ? row.ratios : []));
  expect(ratios.length).toBeGreaterThan(0);
  expect(ratios.every((ratio) => ratio > 0 && Number.isFinite(ratio))).toBe(true);
}
