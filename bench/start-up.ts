import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { inSeconds, median, type Row } from './support/measurement.ts';
import { check, small, tell } from './support/tell.ts';

/** What `--help` takes, beside a Node that does nothing, in turns; wall clock and the processor's time of the child. */

const rounds = small ? 1 : 40;
const root = resolve(import.meta.dirname, '..');

interface Taken {
  wall: number[];
  processor: number[];
}

function take(into: Taken | undefined, [program, ...args]: [string, ...string[]], says: RegExp): void {
  const began = performance.now();
  const { status, stdout } = spawnSync(program, args, { encoding: 'utf8' });
  const took = performance.now() - began;
  check(status === 0 && says.test(stdout), `${program} ${args.join(' ')} ended with status ${status}`);
  into?.wall.push(took);
  // Bash alone tells what its children took; in a run of its own, since it takes time itself.
  const env = { ...process.env, TIMEFORMAT: 'used %U %S' };
  const { stderr } = spawnSync('bash', ['-c', 'time "$0" "$@"', program, ...args], { env, encoding: 'utf8' });
  const [, user, system] = /used ([\d.]+) ([\d.]+)/.exec(stderr) ?? [];
  into?.processor.push((Number(user) + Number(system)) * 1_000);
}

const says = /gopackgo <command>/;
const nothing: Taken = { wall: [], processor: [] };
const help: Taken = { wall: [], processor: [] };
const launched: Taken = { wall: [], processor: [] };
for (let round = -1; round < rounds; round++) {
  const kept = <T>(taken: T): T | undefined => (round < 0 ? undefined : taken);
  take(kept(nothing), [process.execPath, '-e', '0'], /^$/);
  take(kept(help), [process.execPath, resolve(root, 'dist/src/bin.js'), '--help'], says);
  take(kept(launched), ['bash', resolve(root, 'scripts/gopackgo'), '--help'], says);
}

const row = (what: string, taken: Taken, by: keyof Taken, aim: boolean): Row => ({
  what,
  measured: inSeconds(taken[by]),
  comparedWith: `node -e 0: ${inSeconds(nothing[by])}`,
  ratios: taken[by].map((one) => one / median(nothing[by])),
  ...(aim ? { aim: { is: 'at most', ratio: 2 } } : {}),
  done: 'the help was printed',
});
tell([
  row('--help, wall clock', help, 'wall', true),
  row('--help, time of the processor', help, 'processor', false),
  row('--help by scripts/gopackgo, wall clock', launched, 'wall', false),
]);
