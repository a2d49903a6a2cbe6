import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { definedOnly } from '../src/lib/defined-only.ts';
import { runWithLimit } from '../src/lib/run-with-limit.ts';
import type { Target } from '../src/model/release-plan.ts';
import { environmentForQuestions } from '../src/packer/environment.ts';
import { findPacker } from '../src/packer/executable.ts';
import { writeTemplates } from '../src/packer/template.ts';
import { validateTargets } from '../src/packer/validate-targets.ts';
import { allRegions } from './support/embedded.ts';
import { inSeconds, type Row, timed } from './support/measurement.ts';
import { planOf } from './support/planned.ts';
import { check, small, tell } from './support/tell.ts';

/**
 * What `plan` and `publish` have Packer validate, beside bare `packer validate` of the template of each region, as many at
 * once: 8 regions of 6 images, of which two differ in an option. Then once more, when all has passed.
 */

const rounds = small ? 1 : 5;
const regions = allRegions.slice(0, small ? 2 : 8);
const images = small ? 2 : 6;
const packer = await findPacker({ environment: process.env, folder: process.cwd() });
const environment = {
  ...environmentForQuestions(process.env),
  ...definedOnly({ PACKER_PLUGIN_PATH: packer.pluginFolder }),
};

const whole = planOf(regions, images);
const targets = whole.targets.map((target): Target => {
  const isEven = Number(target.image.slice(1)) % 2 === 0;
  const options = { instance_type: isEven ? 'm5.large' : 'm5.xlarge', ssh_username: 'ubuntu' };
  const provisioners = [{ type: 'shell', options: { inline: ['true'] } }];
  return { ...target, packer: { ...target.packer, options, provisioners } };
});
const plan = { ...whole, targets };

async function bare(folder: string): Promise<void> {
  const files = await writeTemplates(plan, join(folder, 'templates'));
  const limit = pLimit(2);
  const runs = await Promise.all(
    files.map(({ file }) =>
      limit(() => runWithLimit(packer.path, ['validate', file], { limitMs: 300_000, environment, folder })),
    ),
  );
  check(
    runs.every(({ exit }) => exit === 0),
    'Packer accepts every template',
  );
}

async function ours(folder: string): Promise<void> {
  const rejected = await validateTargets({
    packer,
    plan,
    targets,
    cwd: folder,
    environment: process.env,
    rememberedIn: join(folder, '.gopackgo', 'packer-validated.json'),
  });
  check(rejected.length === 0, 'Packer accepts every target');
}

const taken = { bare: [] as number[], first: [] as number[], again: [] as number[] };
for (let round = 0; round < rounds; round++) {
  const folder = mkdtempSync(join(tmpdir(), 'gopackgo-bench-'));
  try {
    taken.bare.push((await timed(() => bare(folder))).took);
    taken.first.push((await timed(() => ours(folder))).took);
    taken.again.push((await timed(() => ours(folder))).took);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
const row = (what: string, times: number[], ratio: number): Row => ({
  what,
  measured: inSeconds(times),
  comparedWith: `packer validate of ${regions.length} templates: ${inSeconds(taken.bare)}`,
  ratios: times.map((one, round) => one / (taken.bare[round] ?? Number.NaN)),
  ...(small ? {} : { aim: { is: 'at most', ratio } }),
  done: `${targets.length} targets accepted`,
});
tell([
  row(`validation of ${targets.length} targets with 2 sets of options`, taken.first, 0.25),
  row('  the same again', taken.again, 0.05),
]);
