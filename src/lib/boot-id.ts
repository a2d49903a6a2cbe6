import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * The identity of this boot of the machine: random, new at each restart, the same in all its containers. On Linux
 * /proc/sys/kernel/random/boot_id (random(4)), on macOS the sysctl kern.bootsessionuuid; undefined elsewhere, or if it cannot
 * be read.
 */
export function bootId(platform = process.platform): string | undefined {
  try {
    if (platform === 'linux') return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    if (platform === 'darwin') return run('sysctl', ['-n', 'kern.bootsessionuuid']);
  } catch {}
  return undefined;
}

const run = (program: string, args: string[]) =>
  execFileSync(program, args, {
    encoding: 'utf8',
    timeout: 5_000,
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
