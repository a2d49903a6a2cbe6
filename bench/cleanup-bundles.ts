import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultAccount, derivedId, type SeededWorld } from '../sandbox/testing/without-vitest.ts';
import { storedState } from '../test/cleanup/at-size/stored-state.ts';
import { refereesEnvironment } from '../test/referees/environment.ts';
import { inSeconds, type Measurement } from './support/measurement.ts';
import { type BenchProject, benchProject, run } from './support/project.ts';
import { check, small, tell } from './support/tell.ts';

/**
 * `gopackgo cleanup` of a release whose bundles are 20,000 objects, beside `s3cmd del --force --recursive` of as many, both
 * against the same running sandbox, each a process of its own from its start to its end.
 */

const rounds = small ? 1 : 3;
const bundles = small ? 2 : 20;
const parts = small ? 9 : 999;
/** With its manifest. */
const objects = bundles * (parts + 1);
const region = 'us-east-1';
const own = `gopackgo-${defaultAccount.id}-bench-1-0-0-${region}`;
const others = 'deleted-by-hand';
const referees = await refereesEnvironment();

/** As many objects, called alike, in a bucket of this tool's and in one that s3cmd empties. */
function worldOf(versioning: 'Enabled' | undefined): SeededWorld {
  const release = { 'gopackgo:release': 'bench@1.0.0' };
  const kept = versioning ? { versioning } : {};
  const numbers = Array.from({ length: bundles }, (_, number) => number);
  return {
    buckets: [
      { region, name: own, tags: release, ...kept },
      {
        region,
        name: others,
        ...kept,
        objects: numbers.flatMap((number) => [
          { key: `i${number}.manifest.xml` },
          ...Array.from({ length: parts }, (_, part) => ({
            key: `i${number}.part.${String(part).padStart(2, '0')}`,
          })),
        ]),
      },
    ],
    images: numbers.map((number) => ({
      id: derivedId('ami', 'bundles', String(number)),
      region,
      name: `bench 1.0.0 i${number}`,
      createdAt: new Date(Date.now() - 3_600_000).toISOString(),
      virtualization: 'paravirtual',
      bundle: { bucket: own, prefix: `i${number}`, parts },
      tags: { ...release, 'gopackgo:target': `${region}-i${number}` },
    })),
  };
}

const stateOf = ({ folder }: BenchProject) => storedState(join(folder, '.gopackgo/sandbox/state'));

/** Versions of objects, delete markers included, that lie in a bucket. */
const versionsIn = (project: BenchProject, bucket: string): number =>
  [...stateOf(project)]
    .filter(([key]) => key.startsWith(`object//${bucket}/`))
    .reduce((sum, [, record]) => sum + (record as { versions: unknown[] }).versions.length, 0);

async function byGopackgo(project: BenchProject): Promise<number> {
  const words = ['cleanup', 'bench@1.0.0', '--sandbox', '--yes', '--json'];
  const { took } = await project.gopackgo(words);
  check(![...stateOf(project).keys()].some((key) => key.startsWith('image/')), 'every AMI is gone');
  check(!stateOf(project).has(`bucket///${own}`), 'the bucket is gone');
  check(versionsIn(project, own) === 0, 'every version is gone');
  return took;
}

/** @param left versions in the end: to s3cmd an object is deleted once a delete marker lies on it. */
async function byS3cmd(project: BenchProject, left: number): Promise<number> {
  const { folder, sandbox } = project;
  const { hostname, port } = new URL(sandbox.url);
  const settings = {
    access_key: sandbox.credentials.accessKeyId,
    secret_key: sandbox.credentials.secretAccessKey,
    ca_certs_file: sandbox.caFile,
    proxy_host: hostname,
    proxy_port: port,
    use_https: 'True',
    progress_meter: 'False',
  };
  const config = join(folder, 's3cfg');
  const lines = Object.entries(settings).map(([key, value]) => `${key} = ${value}`);
  writeFileSync(config, `[default]\n${lines.join('\n')}\n`);
  const s3cmd = [join(referees.folder, 'bin', 's3cmd'), '--config', config];
  const { took } = await run(
    [referees.python, ...s3cmd, 'del', '--force', '--recursive', `s3://${others}`],
    folder,
    { PYTHONDONTWRITEBYTECODE: '1' },
  );
  check(versionsIn(project, others) === left, `s3cmd leaves ${left} versions`);
  return took;
}

async function compare(versioning: 'Enabled' | undefined): Promise<{ ours: number[]; theirs: number[] }> {
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    const project = await benchProject({ regions: [region], images: bundles }, worldOf(versioning));
    try {
      check(versionsIn(project, own) === objects, `${objects} objects are there before`);
      const two = [
        async () => ours.push(await byGopackgo(project)),
        async () => theirs.push(await byS3cmd(project, versioning ? 2 * objects : 0)),
      ];
      for (const one of round % 2 === 0 ? two : two.toReversed()) await one();
    } finally {
      await project.close();
    }
  }
  return { ours, theirs };
}

const rowOf = (
  what: string,
  { ours, theirs }: { ours: number[]; theirs: number[] },
  end: { comparedWith: string } & Pick<Measurement, 'aim' | 'done'>,
): Measurement => ({
  what: `cleanup of ${bundles} AMIs whose bundles are ${objects} objects${what}`,
  measured: inSeconds(ours),
  ratios: ours.map((took, round) => took / (theirs[round] ?? Number.NaN)),
  ...end,
  comparedWith: `${end.comparedWith}: ${inSeconds(theirs)}`,
});

const plain = await compare(undefined);
const versioned = await compare('Enabled');
tell([
  rowOf('', plain, {
    comparedWith: 's3cmd del --force --recursive of as many',
    aim: { is: 'at most', ratio: 1 },
    done: 'all objects gone in both; AMIs and the bucket as well in ours',
  }),
  rowOf(', in a bucket with versions', versioned, {
    comparedWith: 's3cmd, which leaves every version',
    done: 'every version, AMIs and the bucket gone in ours; all versions left by s3cmd',
  }),
]);
