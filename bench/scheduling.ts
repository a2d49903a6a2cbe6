import { chance } from '../test/release/chance.ts';
import { allRegions } from './support/embedded.ts';
import { eventsOf, timesOf } from './support/events.ts';
import { inSeconds, type Row } from './support/measurement.ts';
import { benchProject } from './support/project.ts';
import { standIn } from './support/stand-in.ts';
import { check, small, tell } from './support/tell.ts';

/**
 * `gopackgo publish` of 48 targets whose builds take 2 to 6 s by a stand-in for Packer, beside the least time in which
 * eight slots, four in a region, can hold these builds: no order of them could end sooner.
 */

const rounds = small ? 1 : 3;
const regions = allRegions.slice(0, small ? 2 : 8);
const images = small ? 2 : 6;
const slots = { overall: 8, inOneRegion: 4 };
const targets = regions.flatMap((region) =>
  Array.from({ length: images }, (_, index) => ({ name: `${region}-i${index}`, region })),
);

const sum = (some: readonly number[]): number => some.reduce((all, one) => all + one, 0);

function boundOf(takes: ReadonlyMap<string, number>): number {
  const of = (some: typeof targets) => some.map(({ name }) => takes.get(name) ?? 0);
  const inRegions = regions.map((region) => sum(of(targets.filter((one) => one.region === region))));
  return Math.max(
    sum(of(targets)) / slots.overall,
    ...inRegions.map((one) => one / slots.inOneRegion),
    ...of(targets),
  );
}

/** What one gets who gives each slot that is free the next build in order, losing no moment. */
function inOrder(takes: ReadonlyMap<string, number>): number {
  const free = Array.from({ length: slots.overall }, () => 0);
  for (const { name } of targets) {
    const first = free.indexOf(Math.min(...free));
    free[first] = (free[first] ?? 0) + (takes.get(name) ?? 0);
  }
  return Math.max(...free);
}

interface Taken {
  bound: number;
  inOrder: number;
  /** From the first start of a build to the last end. */
  builds: number;
  whole: number;
  calls: number;
}

async function measure(seed: number): Promise<Taken> {
  const { below } = chance(seed);
  const [least, most] = small ? [50, 150] : [2_000, 6_000];
  const takes = new Map(targets.map(({ name }) => [name, least + below(most - least + 1)]));
  const project = await benchProject({ regions, images });
  try {
    const packer = await standIn(project, (target) => takes.get(target) ?? 0);
    const { stdout, took } = await project.gopackgo(['publish', 'bench', '--sandbox', '--yes', '--json'], {
      PACKER: packer.path,
    });
    await packer.close();
    const events = eventsOf(stdout);
    const result = events.at(-1);
    check(
      result?.type === 'result' && result.targets.every(({ standing }) => standing === 'shared'),
      'every target is shared',
    );
    check(timesOf(events, 'attempt-ended').length === targets.length, `${targets.length} builds ended`);
    return {
      bound: boundOf(takes),
      inOrder: inOrder(takes),
      builds: Math.max(...timesOf(events, 'attempt-ended')) - Math.min(...timesOf(events, 'attempt-started')),
      whole: took,
      calls: project.sandbox.calls().length - 3 * targets.length,
    };
  } finally {
    await project.close();
  }
}

const taken: Taken[] = [];
for (let round = 1; round <= rounds; round++) taken.push(await measure(round));

const row = (what: string, by: 'builds' | 'whole', bound: 'bound' | 'inOrder', aim?: number): Row => ({
  what,
  measured: inSeconds(taken.map((one) => one[by])),
  comparedWith: `${bound === 'bound' ? 'lower bound for 8 slots' : 'the same order with no moment lost'}: ${inSeconds(taken.map((one) => one[bound]))}`,
  ratios: taken.map((one) => one[by] / one[bound]),
  ...(aim === undefined ? {} : { aim: { is: 'at most', ratio: aim } }),
  done: `${targets.length} targets built and shared`,
});
const builds = `${targets.length} builds of ${small ? '0.05 to 0.15' : '2 to 6'} s, first start to last end`;
tell([
  row(builds, 'builds', 'bound', 1.05),
  row('  the same', 'builds', 'inOrder', 1.05),
  row('  the whole publish, with all looks, sharing and reading back', 'whole', 'bound'),
  { what: '  AWS calls of that publish, less the builds', measured: `${taken[0]?.calls}` },
]);
