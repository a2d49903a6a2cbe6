import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { RunEvent } from '../src/model/events.ts';
import { allRegions } from './support/embedded.ts';
import { median } from './support/measurement.ts';
import { benchProject, run } from './support/project.ts';
import { standIn } from './support/stand-in.ts';
import { check, small, tell } from './support/tell.ts';

/**
 * The most memory that `gopackgo publish` has in a release of 306 targets, beside a bare loop that makes the same calls of
 * AWS by the SDK. The builds are a stand-in's, which has its memory to itself; the embedded AWS is in this process.
 */

const rounds = small ? 1 : 3;
const size = { regions: allRegions.slice(0, small ? 2 : allRegions.length), images: small ? 2 : 9 };
const targets = size.regions.length * size.images;
const support = join(import.meta.dirname, 'support');

interface Peaks {
  ours: number;
  loop: number;
  calls: number;
}

/** In MiB. */
async function measure(): Promise<Peaks> {
  const project = await benchProject(size);
  try {
    const file = join(project.folder, 'peak');
    const measured = {
      NODE_OPTIONS: `--import ${pathToFileURL(join(support, 'peak-memory.mjs')).href}`,
      PEAK_MEMORY: file,
    };
    const peak = () => Number(readFileSync(file, 'utf8')) / 1024;
    const packer = await standIn(project, () => 0);
    const { stdout } = await project.gopackgo(
      ['publish', 'bench', '--sandbox', '--yes', '--json', '--parallel', '16'],
      { ...measured, PACKER: packer.path },
    );
    await packer.close();
    const ours = peak();
    const result: RunEvent = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
    check(
      result.type === 'result' &&
        result.targets.filter(({ status }) => status === 'shared').length === targets,
      `${targets} targets are shared`,
    );
    const calls = callsOf(project.folder);
    const list = join(project.folder, 'same-calls');
    writeFileSync(list, calls);
    const loop = await run([process.execPath, join(support, 'same-calls.mjs'), list], project.folder, {
      ...project.sandbox.environment(),
      ...measured,
    });
    const made = calls.trimEnd().split('\n').length;
    check(Number(loop.stdout) === made, `the loop makes ${made} calls`);
    return { ours, loop: peak(), calls: made };
  } finally {
    await project.close();
  }
}

/** The calls of a publish in the order of their answers, less those that made its AMIs. */
function callsOf(folder: string): string {
  const ofBuilds = new Set(['RunInstances', 'CreateImage', 'TerminateInstances']);
  const lines = readFileSync(join(folder, '.gopackgo/sandbox/state/calls.ndjson'), 'utf8')
    .trimEnd()
    .split('\n');
  return lines.filter((line) => !ofBuilds.has(JSON.parse(line).operation)).join('\n');
}

const peaks: Peaks[] = [];
for (let round = 0; round < rounds; round++) peaks.push(await measure());
const inMebibytes = (values: number[]) => `${median(values).toFixed(0)} MiB`;
tell([
  {
    what: `most memory of a publish of ${targets} targets`,
    measured: inMebibytes(peaks.map(({ ours }) => ours)),
    comparedWith: `a loop of the same ${peaks[0]?.calls} calls: ${inMebibytes(peaks.map(({ loop }) => loop))}`,
    ratios: peaks.map(({ ours, loop }) => ours / loop),
    aim: { is: 'at most', ratio: 1.2 },
    done: `${targets} targets shared, the same calls made by both`,
  },
]);
