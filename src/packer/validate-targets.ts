import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownMode } from '../lib/own-files.ts';
import type { ReleasePlan, Target } from '../model/release-plan.ts';
import { type DistinctOptions, distinctOptions } from './distinct-options.ts';
import { environmentForQuestions } from './environment.ts';
import type { PackerProgram } from './executable.ts';
import type { Refusal } from './refusals.ts';
import { templateText } from './template.ts';
import { validateTemplates } from './validate.ts';
import { digestOf, rememberValidated, validatedBefore } from './validated-before.ts';

export interface TargetsToValidate {
  packer: PackerProgram;
  plan: Pick<ReleasePlan, 'release' | 'account'>;
  targets: readonly Target[];
  /** Where the builds will run, since relative paths start there. */
  cwd: string;
  environment: NodeJS.ProcessEnv;
  /** The file with the digests of accepted options. */
  rememberedIn: string;
  /** Milliseconds for each run of Packer. */
  limitMs?: number;
}

/** Packer's rejection of some targets. */
export interface Rejection {
  targets: Target[];
  /** Packer's message, redacted. */
  message: string;
  /** The same in parts, each with the affected targets; empty if none could be parsed. */
  refusals: { refusal: Refusal; targets: Target[] }[];
}

/** A source takes about 0.1 s of CPU time, Packer itself 0.25 to 0.65 s. */
const sourcesARun = 16;

/**
 * Makes Packer validate the options and provisioners of targets: each distinct set once, except those that this Packer has
 * accepted before. Calls no API, runs nothing, and needs neither credentials nor the certificate for bundles: it gets another
 * file for it.
 *
 * @returns the rejections; empty if it accepts all.
 * @throws ActionableError on options that gopackgo sets itself.
 */
export async function validateTargets(order: TargetsToValidate): Promise<Rejection[]> {
  const { packer, plan, targets, cwd, rememberedIn } = order;
  const sets = await Promise.all(
    distinctOptions(plan, targets).map(async (one) => ({ ...one, key: await digestOf(one, packer, cwd) })),
  );
  const passed = new Set(await validatedBefore(rememberedIn));
  const open = sets.filter(({ key }) => !passed.has(key));
  if (open.length === 0) return [];
  const folder = await mkdtemp(join(tmpdir(), 'gopackgo-validate-'));
  try {
    const files = await Promise.all(
      chunks(open, sourcesARun).map(async (some, index) => {
        const file = join(folder, `${index}.pkr.json`);
        const text = templateText(
          plan,
          some.map(({ first }) => first),
        );
        await writeFile(file, text, { mode: ownMode });
        return { file, sets: some };
      }),
    );
    const [anyFile = ''] = files.map(({ file }) => file);
    const checked = await validateTemplates({
      packer: packer.path,
      templates: files,
      cwd,
      environment: {
        ...environmentForQuestions(order.environment),
        ...(packer.pluginFolder === undefined ? {} : { PACKER_PLUGIN_PATH: packer.pluginFolder }),
        PKR_VAR_x509_cert: anyFile,
        PKR_VAR_x509_key: anyFile,
      },
      parallel: 2,
      ...(order.limitMs === undefined ? {} : { limitMs: order.limitMs }),
    });
    const good = checked.flatMap((one) => (one.ok ? one.sets.map(({ key }) => key) : []));
    if (good.length > 0) await rememberValidated(rememberedIn, good);
    return checked.flatMap((one) =>
      one.ok ? [] : [{ ...rejectionOf(one.sets, one.refusals), message: one.message }],
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function rejectionOf(sets: readonly DistinctOptions[], refusals: readonly Refusal[]) {
  const all = sets.flatMap(({ targets }) => targets);
  return {
    targets: all,
    refusals: refusals.map((refusal) => ({
      refusal,
      targets: sets.find(({ first }) => first.name === refusal.target)?.targets ?? all,
    })),
  };
}

const chunks = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
