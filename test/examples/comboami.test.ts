import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stateOf } from '../e2e/state.ts';
import { root } from '../house/markdown.ts';
import { amisIn } from './amis.ts';
import { type Example, isWhole, openExample } from './example.ts';

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
});
afterAll(() => example.close());

const official = (version: string, kind: string, launchedBy = ['all']) => ({
  id: expect.stringMatching(/^ami-/),
  name: `DataStax Auto-Clustering AMI ${version}-${kind}`,
  description:
    'Launch a DataStax Enterprise or DataStax Community cluster (https://github.com/riptano/ComboAMI).',
  architecture: 'x86_64',
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
}

it('ComboAMI: a private candidate of one AMI, then the official ones, public and recorded, and private tests on EBS', async () => {
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
    expect(tests.map(({ name, rootDevice, launchedBy }) => [name, rootDevice, launchedBy])).toEqual(
      region === 'us-east-1'
        ? kinds.map((kind) => [`ComboAMI-dev-2.6.1764504000 ${kind.replace('-', ' ')}-ebs`, 'ebs', []])
        : [],
    );
    expect((await stateOf(clients, region)).leftovers, region).toEqual([]);
  }
  expect(await bucketsOf()).toEqual(
    ['comboami-2-6-4-beta1-us-east-1', ...regions.map((region) => `comboami-2-6-4-${region}`)].sort(),
  );
  await expectRecorded('2.6.4');
});

it('ComboAMI: the next version takes the place of the one before, bundles and buckets too', async () => {
  await example.runTo();
  for (const region of regions) {
    expect(await amisIn(example.sandbox.clients, region)).toEqual(
      kinds.map((kind) => official('2.6.5', kind)),
    );
    expect((await stateOf(example.sandbox.clients, region)).leftovers, region).toEqual([]);
  }
  expect(await bucketsOf()).toEqual(regions.map((region) => `comboami-2-6-5-${region}`));
  await expectRecorded('2.6.5');
});

it('ComboAMI: its script for the AMI tools is that of configs/provision', () => {
  const scripts = ['examples/comboami/configs/ami-tools.sh', 'configs/provision/ami-tools.sh'];
  const [copy, original] = scripts.map((script) => readFileSync(join(root, script), 'utf8'));
  expect(copy).toBe(original);
});
