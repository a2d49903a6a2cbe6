import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, inject, it, onTestFinished } from 'vitest';
import { cacheFolder } from './cache-folder.ts';
import { exclusively } from './exclusive.ts';
import { python } from './python.ts';
import './setup.ts';

const environment = inject('referees');

it.skipIf('missing' in environment)('has a botocore that is not newer than the SDK', async () => {
  if ('missing' in environment) return;
  const words = ['-c', 'import botocore, moto; print(botocore.__version__, moto.__version__)'];
  expect(await python(environment, words)).toMatchObject({ status: 0, stdout: '1.43.127 5.2.5\n' });
});

it.each<[string, (home: string) => NodeJS.ProcessEnv, (home: string) => string]>([
  ['in ~/.cache', () => ({}), (home) => join(home, '.cache/gopackgo-tests')],
  [
    'in XDG_CACHE_HOME',
    (home) => ({ XDG_CACHE_HOME: join(home, 'xdg') }),
    (home) => join(home, 'xdg/gopackgo-tests'),
  ],
  [
    'in the checkout if the cache is not writable',
    (home) => ({ XDG_CACHE_HOME: join(home, 'file') }),
    (home) => join(home, 'checkout/.tools'),
  ],
])('is kept %s', (_, variables, expected) => {
  const home = mkdtempSync(join(tmpdir(), 'referees-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  writeFileSync(join(home, 'file'), 'no folder');
  const folder = cacheFolder(join(home, 'checkout/.tools'), variables(home), home);
  expect(folder).toBe(expected(home));
  expect(existsSync(folder)).toBe(true);
});

it('is made by one process at a time, and taken over from a dead one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'referees-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const lock = join(folder, 'lock');
  writeFileSync(lock, String(spawnSync('true').pid));
  let inside = 0;
  const task = async () => {
    inside += 1;
    expect(inside).toBe(1);
    await turn();
    inside -= 1;
  };
  await Promise.all([exclusively(lock, 5_000, task), exclusively(lock, 5_000, task)]);
  expect(readdirSync(folder)).toEqual([]);
  await expect(exclusively(lock, 5_000, () => exclusively(lock, 0, task))).rejects.toThrow(
    `process ${process.pid} has held it`,
  );
});
