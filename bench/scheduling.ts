import { chance } from '../test/support/chance.ts';
import { allRegions } from './support/embedded.ts';
import { eventsOf, timesOf } from './support/events.ts';
import { inSeconds, type Row } from './support/measurement.ts';
import { type BenchProject, benchProject } from './support/project.ts';
import { writePublication } from './support/publication.ts';
import { standIn } from './support/stand-in.ts';
import { check, small, tell } from './support/tell.ts';

/**
 * `gopackgo publish` of 48 targets whose builds take 2 to 6 s by a stand-in for Packer, beside the least time in which
 * eight slots, four in a region, can hold these builds: no order of them could end sooner. Twice: a first release, when nobody
 * knows how long the builds take, and the next one, whose builds take as long as those of the first give or take a tenth.
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

/** Both releases of one project. */
async function measure(seed: number): Promise<{ first: Taken; next: Taken }> {
  const { below } = chance(seed);
  const [least, most] = small ? [50, 150] : [2_000, 6_000];
  const inFirst = new Map(targets.map(({ name }) => [name, least + below(most - least + 1)]));
  const inNext = new Map([...inFirst].map(([name, one]) => [name, (one * (90 + below(21))) / 100]));
  const project = await benchProject({ regions, images });
  try {
    const first = await published(project, '1.0.0', inFirst);
    writePublication(project.folder, { regions, images, version: '1.0.1' });
    return { first, next: await published(project, '1.0.1', inNext) };
  } finally {
    await project.close();
  }
}

async function published(
  project: BenchProject,
  version: string,
  takes: ReadonlyMap<string, number>,
): Promise<Taken> {
  const callsBefore = project.sandbox.calls().length;
  const packer = await standIn(project, (target) => takes.get(target) ?? 0, version);
  const { stdout, took } = await project.gopackgo(['publish', 'bench', '--sandbox', '--yes', '--json'], {
    PACKER: packer.path,
  });
  await packer.close();
  const events = eventsOf(stdout);
  const result = events.at(-1);
  check(
    result?.type === 'result' && result.targets.every(({ status }) => status === 'shared'),
    'every target is shared',
  );
  check(timesOf(events, 'attempt-ended').length === targets.length, `${targets.length} builds ended`);
  return {
    bound: boundOf(takes),
    inOrder: inOrder(takes),
    builds: Math.max(...timesOf(events, 'attempt-ended')) - Math.min(...timesOf(events, 'attempt-started')),
    whole: took,
    calls: project.sandbox.calls().length - callsBefore - 3 * targets.length,
  };
}

const measured: { first: Taken; next: Taken }[] = [];
for (let round = 1; round <= rounds; round++) measured.push(await measure(round));

const row = (
  taken: readonly Taken[],
  what: string,
  by: 'builds' | 'whole',
  bound: 'bound' | 'inOrder',
  aim?: number,
): Row => ({
  what,
  measured: inSeconds(taken.map((one) => one[by])),
  comparedWith: `${bound === 'bound' ? 'lower bound for 8 slots' : 'the same order with no moment lost'}: ${inSeconds(taken.map((one) => one[bound]))}`,
  ratios: taken.map((one) => one[by] / one[bound]),
  ...(aim === undefined ? {} : { aim: { is: 'at most', ratio: aim } }),
  done: `${targets.length} targets built and shared`,
});
const builds = `${targets.length} builds of ${small ? '0.05 to 0.15' : '2 to 6'} s, first start to last end`;
const first = measured.map((one) => one.first);
const next = measured.map((one) => one.next);
const whole = '  the whole publish, with all looks, sharing and reading back';
tell([
  row(next, builds, 'builds', 'bound', 1.05),
  row(next, whole, 'whole', 'bound'),
  row(first, '  of a first release, when nobody knows how long they take', 'builds', 'bound', 1.05),
  row(first, '  the same', 'builds', 'inOrder', 1.05),
  { what: '  AWS calls of that publish, less the builds', measured: `${first[0]?.calls}` },
]);
