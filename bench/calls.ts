import { resolve } from 'node:path';
import { definedOnly } from '../src/lib/defined-only.ts';
import { findPacker } from '../src/packer/executable.ts';
import { allRegions } from './support/embedded.ts';
import { eventsOf } from './support/events.ts';
import type { Row } from './support/measurement.ts';
import { demoAccount, officialFolder, ownCalls } from './support/official.ts';
import { benchProject, run } from './support/project.ts';
import { standIn } from './support/stand-in.ts';
import { check, small, tell } from './support/tell.ts';

/**
 * How many calls of AWS gopackgo itself makes to publish: counted in the sandbox's log, without those of Packer and of the AMI
 * tools. `configs/official.json` by real Packer; and with a stand-in for Packer, twice as many targets in the same regions, as many
 * of them in twice the regions.
 */

const gopackgo = resolve(import.meta.dirname, '../scripts/gopackgo');
const aim = 500;

async function callsOfOfficial(): Promise<{ calls: number; targets: number }> {
  const packer = await findPacker({ environment: process.env, folder: process.cwd() });
  const { folder, remove } = officialFolder();
  try {
    const only = small ? ['--only', 'us-east-1-2404-hvm'] : [];
    const words = ['publish', 'official', '--sandbox', '--sandbox-account', demoAccount, '--yes', '--json'];
    const { stdout } = await run(['bash', gopackgo, ...words, ...only], folder, {
      PACKER: packer.path,
      ...definedOnly({ PACKER_PLUGIN_PATH: packer.pluginFolder }),
    });
    const targets = small ? 1 : madeBy(stdout);
    check(small || targets === 48, `expected 48 targets, found ${targets}`);
    return { calls: ownCalls(folder).length, targets };
  } finally {
    remove();
  }
}

function madeBy(stdout: string): number {
  const result = eventsOf(stdout).at(-1);
  return result?.type === 'result' ? result.targets.filter(({ status }) => status === 'shared').length : 0;
}

/** With as many regions and images, made public; looks and checks without the permissions of single AMIs and snapshots. */
async function callsOfBench(regions: number, images: number): Promise<{ all: number; shared: number }> {
  const project = await benchProject({ regions: allRegions.slice(0, regions), images });
  try {
    const packer = await standIn(project, () => 0);
    const words = ['publish', 'bench', '--sandbox', '--yes', '--json', '--parallel', '16'];
    const { stdout } = await project.gopackgo(words, { PACKER: packer.path });
    await packer.close();
    check(madeBy(stdout) === regions * images, `${regions * images} targets are shared`);
    const calls = ownCalls(project.folder).filter(({ operation }) => !ofBuilds.has(operation));
    const ofPermissions = calls.filter(({ operation }) => /Attribute$/.test(operation)).length;
    return { all: calls.length, shared: calls.length - ofPermissions };
  } finally {
    await project.close();
  }
}

/** The stand-in makes its AMIs by the same SDK. */
const ofBuilds = new Set(['RunInstances', 'CreateImage', 'TerminateInstances']);

const official = await callsOfOfficial();
const [regions, images] = small ? [1, 2] : [8, 6];
const base = await callsOfBench(regions, images);
const moreImages = await callsOfBench(regions, 2 * images);
const moreRegions = await callsOfBench(2 * regions, images);
const rows: Row[] = [
  {
    what: `calls of ours to publish official, ${official.targets} targets`,
    measured: String(official.calls),
    comparedWith: `the aim of ${aim}`,
    ratios: [official.calls / aim],
    aim: { is: 'at most', ratio: 1 },
    done: `${official.targets} AMIs by real Packer`,
  },
  {
    what: `  calls to publish ${2 * regions * images} targets in ${regions} regions, those for permissions of single AMIs aside`,
    measured: String(moreImages.shared),
    comparedWith: `half as many targets there: ${base.shared}`,
    ratios: [moreImages.shared / base.shared],
    aim: { is: 'at most', ratio: 1.2 },
    done: 'all are shared',
  },
  {
    what: `  calls to publish as many in ${2 * regions} regions`,
    measured: String(moreRegions.shared),
    comparedWith: `half as many regions and targets: ${base.shared}`,
    ratios: [moreRegions.shared / base.shared],
    done: 'all are shared',
  },
  {
    what: '  calls for permissions: to change them once and to read them back, for each AMI and snapshot',
    measured: `${base.all - base.shared} for ${regions * images} AMIs with a snapshot each`,
  },
];
tell(rows);
