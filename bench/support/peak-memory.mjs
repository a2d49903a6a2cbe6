import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Loaded before a program (`--import`): writes the most memory that it ever had, in KiB, to the file in PEAK_MEMORY. By
 * the kernel's own count of this program alone; what `getrusage` says includes whoever started it.
 */
process.on('exit', () => {
  const { PEAK_MEMORY = '' } = process.env;
  const [, peak] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  writeFileSync(PEAK_MEMORY, `${peak}`);
});
