import { join } from 'node:path';
import pLimit from 'p-limit';
import { definedOnly } from '../src/lib/defined-only.ts';
import { findPacker } from '../src/packer/executable.ts';
import { allRegions } from './support/embedded.ts';
import { eventsOf, timesOf } from './support/events.ts';
import { inSeconds, type Row, timed } from './support/measurement.ts';
import { type BenchProject, benchProject, run } from './support/project.ts';
import { check, small, tell } from './support/tell.ts';

/**
 * 32 builds without provisioners by `gopackgo publish`, beside the same templates handed to 32 Packer processes with as
 * many at once, against the same kind of sandbox. What is left over is what planning, looking and verifying cost.
 */

const rounds = small ? 1 : 3;
const size = { regions: allRegions.slice(0, small ? 1 : 8), images: small ? 2 : 4, share: {} };
const targets = size.regions.flatMap((region) =>
  Array.from({ length: size.images }, (_, index) => ({ region, name: `${region}-i${index}` })),
);
const slots = 8;
const packer = await findPacker({ environment: process.env, folder: process.cwd() });
/** HOME is another for what is measured, and with it the place where Packer would look. */
const plugins = definedOnly({ PACKER_PLUGIN_PATH: packer.pluginFolder });

/** In a new project, with the AMIs counted in the end. */
async function measure<T>(work: (project: BenchProject) => Promise<T>): Promise<{ took: number; value: T }> {
  const project = await benchProject(size);
  try {
    await project.gopackgo(['generate', 'bench', '--sandbox', '--out', 'templates']);
    const taken = await timed(() => work(project));
    const made = project.sandbox.calls().filter(({ operation, status }) => {
      return operation === 'CreateImage' && status === 200;
    });
    check(made.length === targets.length, `expected ${targets.length} AMIs, found ${made.length}`);
    return taken;
  } finally {
    await project.close();
  }
}

/** Milliseconds from the first start of a build to the last end. */
async function byGopackgo(project: BenchProject): Promise<number> {
  const { stdout } = await project.gopackgo(['publish', 'bench', '--sandbox', '--yes', '--json'], {
    PACKER: packer.path,
    ...plugins,
  });
  const events = eventsOf(stdout);
  const result = events.at(-1);
  check(
    result?.type === 'result' && result.targets.every(({ status }) => status === 'verified'),
    'every target is verified',
  );
  return Math.max(...timesOf(events, 'attempt-ended')) - Math.min(...timesOf(events, 'attempt-started'));
}

async function byPackerAlone({ folder, sandbox }: BenchProject): Promise<void> {
  const limit = pLimit(slots);
  await Promise.all(
    targets.map(({ name, region }) =>
      limit(() =>
        run(
          [
            packer.path,
            'build',
            '-color=false',
            `-only=amazon-ebs.${name}`,
            join(folder, 'templates', `${region}.pkr.json`),
          ],
          folder,
          { ...sandbox.environment(), ...plugins, PKR_VAR_host: 'bench', PKR_VAR_attempt: 'bench.1' },
        ),
      ),
    ),
  );
}

const raw: number[] = [];
const ours: number[] = [];
const builds: number[] = [];
for (let round = 0; round < rounds; round++) {
  raw.push((await measure(byPackerAlone)).took);
  const { took, value } = await measure(byGopackgo);
  ours.push(took);
  builds.push(value);
}
const row = (what: string, taken: number[], aim: object): Row => ({
  what,
  measured: inSeconds(taken),
  comparedWith: `Packer ${packer.version} alone, as many at once: ${inSeconds(raw)}`,
  ratios: taken.map((one, round) => one / (raw[round] ?? Number.NaN)),
  ...aim,
  done: `${targets.length} AMIs made by each`,
});
tell([
  row(`publish of ${targets.length} builds without provisioners, ${slots} at once`, ours, {
    aim: { is: 'at most', ratio: 1.2 },
  }),
  row('  its builds: first start to last end', builds, {}),
]);
