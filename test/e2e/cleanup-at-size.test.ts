import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seedState } from '../../sandbox/testing/index.ts';
import type { CleanupEvent, CleanupPlan, CleanupResult } from '../../src/model/events.ts';
import { describeAmis } from '../cleanup/at-size/described.ts';
import { type Asked, everything, expectedPlan, goingBy } from '../cleanup/at-size/expected-plan.ts';
import { expectedState } from '../cleanup/at-size/expected-state.ts';
import { official, regions, volumesOf } from '../cleanup/at-size/publication.ts';
import { seededWorld, traitNamed } from '../cleanup/at-size/seeded.ts';
import { differences, storedState } from '../cleanup/at-size/stored-state.ts';
import { newProject, type Project } from './project.ts';

/** The world of `test/cleanup/at-size`, cleaned up with the built command line, as a user would. */
const amis = describeAmis();
const state = '.gopackgo/sandbox/state';
/** Milliseconds. EC2's rates, which are enforced here as well, make each run wait half a minute. */
const limit = 300_000;
let project: Project;

beforeAll(async () => {
  project = await newProject();
  await project.config('official', (config) => Object.assign(config, configured));
  await writeRecorded(project.path('.gopackgo/sandbox/ami_ids.json'));
  const now = Date.now();
  seedState(project.path(state), seededWorld(amis, now), new Date(now));
  await project.sandbox([], { requestRates: 'off' });
}, 120_000);
afterAll(() => project.remove());

const configured = {
  version: official.version,
  amiName: official.amiName,
  regions,
  images: Object.entries(volumesOf).map(([name, volumes]) => ({
    name,
    base: { ubuntu: volumes === 0 ? '1404' : '2204' },
    ...(volumes === 0 ? { rootDevice: 'instance-store', virtualization: 'pv' } : {}),
    builder: {
      instance_type: 'm3.medium',
      ...(volumes === 0 ? { iam_instance_profile: 'gopackgo-bundler' } : {}),
    },
  })),
  record: 'ami_ids.json',
};

/** The record file of the publication, as described. */
async function writeRecorded(file: string): Promise<void> {
  const recorded = amis.filter(({ traits }) => traits.some((name) => traitNamed(name).keeps === 'recorded'));
  const lists = Map.groupBy(recorded, ({ region }) => region);
  const entries = [...lists].map(([region, some]) => [
    region,
    some.map(({ id }, at) => ({
      'Distributor ID': 'Ubuntu',
      Release: String(1004 + at * 200),
      id,
      'virtualization type': 'hvm',
    })),
  ]);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(Object.fromEntries(entries)));
}

const inOptions = ({ olderThan = 0, keepLast, adopt, maxDeletions, maxShare }: Asked): string[] => [
  ...['--older-than', `${olderThan}d`, '--keep-last', String(keepLast)],
  ...['--max-deletions', String(maxDeletions), '--max-share', `${maxShare * 100}%`],
  ...(adopt ? ['--adopt'] : []),
];

async function cleanUp(...words: string[]): Promise<{ plan: CleanupPlan; result: CleanupResult }> {
  // In a process of its own: this one answers as AWS, and is busy with thousands of AMIs.
  const run = await project.start(['cleanup', 'official', '--sandbox', '--json', ...words]).ended;
  expect([0, 1], run.stderr).toContain(run.exit);
  const events = run.stdout
    .trimEnd()
    .split('\n')
    .map((line): CleanupEvent => JSON.parse(line));
  const [plan, result] = [events[0], events.at(-1)];
  if (plan?.type !== 'cleanup-planned' || result?.type !== 'result') throw new Error(run.stderr);
  expect(run.exit, run.stderr).toBe(result.exit);
  return { plan, result };
}

const inOrder = <T>(entries: Iterable<[string, T]>): [string, T][] =>
  [...entries].sort(([one], [other]) => (one < other ? -1 : 1));

const reasonsIn = (plan: CleanupPlan) =>
  inOrder(
    plan.amis.map(({ ami, reasons }): [string, string[]] => [
      ami,
      reasons.map(({ reason }) => reason).sort(),
    ]),
  );

it(
  'shows exactly what is expected and deletes nothing, whatever the options',
  async () => {
    const before = storedState(project.path(state));
    const { plan, result } = await cleanUp(...inOptions(everything));
    expect(plan.unseen).toEqual([]);
    expect(plan.leftovers).toEqual([]);
    expect(reasonsIn(plan)).toEqual(inOrder(expectedPlan(amis, everything)));
    expect(result).toMatchObject({ applied: false, exit: 0, removed: { amis: 0 } });
    expect(differences(storedState(project.path(state)), before)).toEqual([]);
  },
  limit,
);

it(
  'with --yes deletes exactly what it shows, with dependents, and leaves everything else as it was',
  async () => {
    const usual: Asked = { ...everything, olderThan: 180, adopt: false, maxDeletions: 50, maxShare: 0.5 };
    const expected = expectedPlan(amis, usual);
    const before = storedState(project.path(state));
    const { plan, result } = await cleanUp('--older-than', '180d', '--keep-last', '3', '--yes');
    expect(reasonsIn(plan)).toEqual(inOrder(expected));
    const gone = result.amis.flatMap(({ ami, outcome }) => (outcome === 'removed' ? [ami] : []));
    expect(gone.sort()).toEqual([...goingBy(expected)].sort());
    expect(result.exit).toBe([...expected.values()].some((reasons) => reasons.includes('guard')) ? 1 : 0);
    const after = storedState(project.path(state));
    expect(differences(after, expectedState(before, amis, goingBy(expected)))).toEqual([]);
  },
  limit,
);
