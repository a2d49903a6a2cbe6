import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type ApiFault, startSandbox } from '../../sandbox/index.ts';
import type { Result, RunEvent } from '../../src/model/events.ts';
import { demoAccount, officialFolder } from '../support/official.ts';

/**
 * Publishes `configs/official.json` to the sandbox with real Packer while so many busy loops compete for the processor, from the
 * first moment to the last, and says how many of its 48 targets the first run completes. Not part of `npm run bench` nor of the
 * tests: it takes minutes, and nothing else gets much done meanwhile.
 *
 *     node bench/by-hand/under-load.ts                            five runs at a load of 40 with throttling, five at 20 without
 *     node bench/by-hand/under-load.ts --runs 1 --load 20         one, at 20, without throttling
 *     node bench/by-hand/under-load.ts --runs 1 --load 40 --throttle
 *
 * With throttling EC2 refuses every twentieth call with RequestLimitExceeded, ours and Packer's alike.
 */

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    load: { type: 'string' },
    throttle: { type: 'boolean', default: false },
  },
});

const gopackgo = resolve(import.meta.dirname, '../../scripts/gopackgo');
/** Milliseconds. */
const limit = 45 * 60_000;

interface Scenario {
  load: number;
  throttle: boolean;
}

const everyTwentieth: ApiFault[] = Array.from({ length: 300 }, (_, index) => ({
  on: 'ec2:*',
  skip: 20 * index + 19,
  does: { error: 'RequestLimitExceeded', status: 503 },
}));

const busyLoops = (count: number): ChildProcess[] =>
  Array.from({ length: count }, () => spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' }));

/** One first run. @returns what came of it, in words. */
async function publishOnce({ load, throttle }: Scenario): Promise<string> {
  const { folder, remove } = officialFolder();
  const sandbox = throttle
    ? await startSandbox({
        folder: join(folder, '.gopackgo/sandbox/state'),
        faults: everyTwentieth,
      })
    : undefined;
  const loops = busyLoops(load);
  const end = () => {
    for (const loop of loops) loop.kill('SIGKILL');
  };
  process.once('exit', end);
  const began = performance.now();
  try {
    const child = spawn(
      'bash',
      [gopackgo, 'publish', 'official', '--sandbox', '--sandbox-account', demoAccount, '--yes', '--quiet'],
      { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], timeout: limit },
    );
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const [exit] = await once(child, 'close');
    const minutes = ((performance.now() - began) / 60_000).toFixed(1);
    const release = join(folder, '.gopackgo/sandbox/releases/official@2.6.4');
    const read = (file: string) => readFileSync(join(release, file), 'utf8');
    try {
      const { targets }: Result = JSON.parse(read('result.json'));
      const done = targets.filter(({ status }) => status === 'shared').length;
      const events = read('events.ndjson')
        .trimEnd()
        .split('\n')
        .map((line): RunEvent => JSON.parse(line));
      const repeated = events.filter(({ type }) => type === 'retrying').length;
      const errors = [...new Set(targets.flatMap(({ error }) => error?.message ?? []))];
      return [
        `${done} of 48 at the first run, exit ${exit}, ${minutes} min, ${repeated} times a call was repeated`,
        ...errors.map((message) => `    ${message}`),
      ].join('\n');
    } catch {
      return `no result, exit ${exit}, ${minutes} min:\n${stderr.slice(-1_000)}`;
    }
  } finally {
    end();
    process.removeListener('exit', end);
    await sandbox?.close();
    remove();
  }
}

// Without a listener a signal ends the process at once, and the loops would go on.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const scenarios: Scenario[] =
  values.load === undefined
    ? [
        { load: 40, throttle: true },
        { load: 20, throttle: false },
      ]
    : [{ load: Number(values.load), throttle: values.throttle }];
for (const scenario of scenarios) {
  const { load, throttle } = scenario;
  for (let run = 1; run <= Number(values.runs); run++) {
    const came = await publishOnce(scenario);
    process.stdout.write(`load ${load}${throttle ? ', throttled' : ''}, run ${run}: ${came}\n`);
  }
}
