import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stateOf } from '../e2e/state.ts';
import { root } from '../house/markdown.ts';
import { amisIn } from './amis.ts';
import { type Example, expectToRun, isWhole, namedCommands, openExample } from './example.ts';

const regions = isWhole
  ? [
      'ap-northeast-1',
      'ap-southeast-1',
      'ap-southeast-2',
      'eu-west-1',
      'sa-east-1',
      'us-east-1',
      'us-west-1',
      'us-west-2',
    ]
  : ['us-east-1'];
const systems = isWhole ? ['1204', '1404'] : ['1404'];
const kinds = systems.flatMap((ubuntu) => [`${ubuntu}-hvm`, `${ubuntu}-pv`]);

let example: Example;
let baked: string;

const git = (...words: string[]): string =>
  execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...words], {
    cwd: example.project.folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: example.project.folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
const commit = (): string => {
  git('add', '--all');
  git('commit', '--quiet', '--message', 'A version');
  return git('rev-parse', 'HEAD');
};
const tagAtRemote = (tag: string): string =>
  git('ls-remote', 'origin', `refs/tags/${tag}^{}`).split('\t')[0] ?? '';

beforeAll(async () => {
  const fewerSystems = (config: Record<string, unknown>) => {
    const [image] = config.images as { matrix: Record<string, string[]> }[];
    if (image) image.matrix.ubuntu = systems;
  };
  example = await openExample('comboami', {
    calls: 50,
    smaller: [
      { file: 'configs/comboami.json', change: fewerSystems },
      { file: 'configs/test-ebs.json', change: fewerSystems },
      { file: 'configs/official.json', change: (config) => Object.assign(config, { regions }) },
    ],
  });
  git('init', '--quiet', '--bare', 'remote.git');
  git('init', '--quiet', '--initial-branch', '2.6');
  git('remote', 'add', 'origin', example.project.path('remote.git'));
  appendFileSync(example.project.path('.git/info/exclude'), 'remote.git\n.cache\n.config\n');
  baked = commit();
  git('push', '--quiet', 'origin', '2.6');
  writeFileSync(example.project.path('configs/local.json'), '{ "account": "123456789012" }');
});
afterAll(() => example.close());

const official = (version: string, kind: string, launchedBy = ['all']) => ({
  id: expect.stringMatching(/^ami-/),
  name: `DataStax Auto-Clustering AMI ${version}-${kind}`,
  description:
    'Launch a DataStax Enterprise or DataStax Community cluster (https://github.com/riptano/ComboAMI).',
  architecture: 'x86_64',
  virtualization: kind.endsWith('-pv') ? 'paravirtual' : 'hvm',
  rootDevice: 'instance-store',
  tags: {},
  volumes: [],
  launchedBy,
  copiedBy: [],
  location: expect.stringMatching(
    new RegExp(`^comboami-${version.replaceAll('.', '-')}-[a-z0-9-]+/${kind}\\.manifest\\.xml$`),
  ),
});

const bucketsOf = async () => {
  const s3 = await example.sandbox.clients.s3('us-east-1');
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  return Buckets.map(({ Name }) => Name).sort();
};

/** `ami_ids.json` as the rehearsal has it: every region sorted, the ids of this run's AMIs in their places. */
async function expectRecorded(version: string) {
  const recorded = JSON.parse(await example.recorded('ami_ids.json')) as Record<string, { id: string }[]>;
  expect(Object.keys(recorded)).toHaveLength(8);
  expect(Object.values(recorded).flat()).toHaveLength(32);
  const made: string[] = [];
  for (const region of regions) {
    const amis = await amisIn(example.sandbox.clients, region);
    const ids = amis
      .filter(({ name }) => name.includes(` ${version}-`) && !name.includes('beta'))
      .map(({ id }) => id);
    expect(ids).toHaveLength(kinds.length);
    expect(recorded[region]?.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
    made.push(...ids);
  }
  const historic = readFileSync(example.project.path('ami_ids.json'), 'utf8');
  const kept = Object.values(recorded)
    .flat()
    .filter(({ id }) => historic.includes(id));
  expect(kept).toHaveLength(32 - made.length);
  expect(kindsOf(recorded)).toEqual(kindsOf(JSON.parse(historic)));
}

/** Those of each region, without ids: what its readers look entries up by. */
const kindsOf = (ids: Record<string, { id: string }[]>) =>
  Object.entries(ids)
    .flatMap(([region, list]) => list.map((entry) => JSON.stringify({ ...entry, id: region })))
    .sort();

/** Named after account, publication and version, which is cut short. */
const bucketOfTests = 'gopackgo-123456789012-test-instance-dev-2-6--[0-9a-f]{8}-us-east-1';

/** A test's AMI: private, and named after the moment of its version. */
const trial = (kind: string, rootDevice: 'ebs' | 'instance') =>
  expect.objectContaining({
    name: `ComboAMI-dev-2.6.1764504000 ${kind.replace('-', ' ')}-${rootDevice}`,
    virtualization: kind.endsWith('-pv') ? 'paravirtual' : 'hvm',
    launchedBy: [],
    ...(rootDevice === 'ebs'
      ? { rootDevice: 'ebs', volumes: [['/dev/sda1', 8, expect.any(String)]] }
      : {
          rootDevice: 'instance-store',
          location: expect.stringMatching(new RegExp(`^${bucketOfTests}/${kind}\\.manifest\\.xml$`)),
        }),
  });

it('ComboAMI: a private candidate of one AMI, then the official ones, public and recorded, and private tests', async () => {
  await example.runTo(/publish official@2\.6\.5 /);
  const { clients } = example.sandbox;
  for (const region of regions) {
    const amis = await amisIn(clients, region);
    const tests = amis.filter(({ name }) => name.startsWith('ComboAMI-'));
    expect(amis.filter((ami) => !tests.includes(ami))).toEqual(
      [
        ...kinds.map((kind) => official('2.6.4', kind)),
        ...(region === 'us-east-1' ? [official('2.6.4-beta1', '1404-pv', [])] : []),
      ].sort((one, other) => (one.name < other.name ? -1 : 1)),
    );
    const expected =
      region === 'us-east-1'
        ? [
            ...kinds.map((kind) => trial(kind, 'ebs')),
            ...['1404-hvm', '1404-pv'].map((kind) => trial(kind, 'instance')),
          ]
        : [];
    expect(tests).toHaveLength(expected.length);
    expect(tests).toEqual(expect.arrayContaining(expected));
    expect((await stateOf(clients, region)).leftovers, region).toEqual([]);
  }
  expect(await bucketsOf()).toEqual([
    ...['2-6-4-beta1-us-east-1', ...regions.map((region) => `2-6-4-${region}`)]
      .sort()
      .map((name) => `comboami-${name}`),
    expect.stringMatching(bucketOfTests),
  ]);
  await expectRecorded('2.6.4');
});

it('ComboAMI: builders are m3.medium, know their kind by their build’s name, and only 1404-hvm gets a partition', () => {
  const launches = example.calls().filter(({ operation }) => operation === 'RunInstances');
  expect([...new Set(launches.map(({ input }) => input.InstanceType))]).toEqual(['m3.medium']);
  const { commands, files } = example.onBuilders();
  expect(files).toContain('/tmp/ds0_utils.py');
  for (const kind of kinds) {
    const named = commands.filter((command) => command.includes(`PACKER_BUILD_NAME='us-east-1-${kind}'`));
    expect(named, kind).toEqual(
      expect.arrayContaining([expect.stringContaining("COMBOAMI_VERSION='2.6.4'")]),
    );
    const bundles = commands.filter(
      (command) => command.includes('ec2-bundle-vol') && command.includes(`-p ${kind}`),
    );
    expect(bundles.length, kind).toBeGreaterThan(0);
    const mbr = bundles.map((command) => command.includes('--partition mbr'));
    expect([...new Set(mbr)], kind).toEqual([kind === '1404-hvm']);
  }
});

it('ComboAMI: after the next version, a rollback puts the ids before back, and its end makes them private', async () => {
  await example.runTo(/yank official@2\.6\.4/);
  await expectRecorded('2.6.4');
  await example.runTo(/cleanup official --keep-last/);
  await expectRecorded('2.6.5');
  for (const region of regions) {
    const { amis } = await stateOf(example.sandbox.clients, region);
    const yanked = amis.filter(({ state }) => state === 'disabled');
    expect(yanked.map(({ name }) => name)).toEqual(kinds.map((kind) => official('2.6.4', kind).name));
    for (const { tags } of yanked) expect(tags['gopackgo:yanked']).toContain('baked before it was pushed');
  }
});

it('ComboAMI: the next version takes the place of the one before, bundles and buckets too', async () => {
  await example.runTo();
  for (const region of regions) {
    expect(await amisIn(example.sandbox.clients, region)).toEqual(
      kinds.map((kind) => official('2.6.5', kind)),
    );
    expect((await stateOf(example.sandbox.clients, region)).amis).toHaveLength(kinds.length);
    expect((await stateOf(example.sandbox.clients, region)).leftovers, region).toEqual([]);
  }
  expect(await bucketsOf()).toEqual(regions.map((region) => `comboami-2-6-5-${region}`));
  await expectRecorded('2.6.5');
});

it.each(namedCommands('comboami'))('ComboAMI: %s', (command) => expectToRun(example, command));

it('ComboAMI: nothing is built of what is not pushed; the commit of the AMIs is tagged, as candidate or as release', async () => {
  const released = await example.run('gopackgo publish official@2.6.5 --push --yes');
  expect(released.exit, released.stderr).toBe(0);
  expect(tagAtRemote('release/2.6.5')).toBe(baked);
  const { amis } = await stateOf(example.sandbox.clients, 'us-east-1');
  expect(new Set(amis.map(({ tags }) => tags['gopackgo:commit']))).toEqual(new Set([baked]));

  const versions = example.project.path('ds0_utils.py');
  writeFileSync(versions, readFileSync(versions, 'utf8').replace('2.6.4', '2.6.6-beta1'));
  const dirty = await example.run('gopackgo publish official --yes');
  expect([dirty.exit, dirty.stderr]).toEqual([4, expect.stringMatching(/git\.clean.*ds0_utils\.py/s)]);
  const next = commit();
  const ahead = await example.run('gopackgo publish official --yes');
  expect([ahead.exit, ahead.stderr]).toEqual([4, expect.stringMatching(/git\.pushed/)]);
  git('push', '--quiet', 'origin', '2.6');
  const candidate = await example.run('gopackgo publish official --push --yes');
  expect(candidate.exit, candidate.stderr).toBe(0);
  expect(tagAtRemote('candidate/2.6.6-beta1')).toBe(next);
  expect(git('status', '--porcelain')).toBe('');
  const betas = (await amisIn(example.sandbox.clients, 'us-east-1')).filter(({ name }) =>
    name.includes('beta'),
  );
  expect(betas).toEqual(kinds.map((kind) => official('2.6.6-beta1', kind, [])));
});

it('ComboAMI: its script for the AMI tools is that of configs/provision', () => {
  const scripts = ['examples/comboami/configs/ami-tools.sh', 'configs/provision/ami-tools.sh'];
  const [copy, original] = scripts.map((script) => readFileSync(join(root, script), 'utf8'));
  expect(copy).toBe(original);
});
