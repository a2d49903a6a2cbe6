import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { ActionableError, exitStatus } from '../lib/actionable-error.ts';
import { amazonPlugin, bundlesAmazonPlugin } from './plugin.ts';
import { runBriefly } from './run-briefly.ts';

export interface PackerProgram {
  /** Absolute. */
  path: string;
  /** `1.6.6` */
  version: string;
  /** Where this Packer finds its plugins, absolute; absent where it carries the amazon builders itself. */
  pluginFolder?: string;
}

export interface SearchPlace {
  environment: NodeJS.ProcessEnv;
  /** Absolute: `.tools/packer` is looked for here. */
  folder: string;
  /** Milliseconds that each program found has to say its version. */
  limitMs?: number;
}

const oldest: Version = [1, 6, 6];
type Version = [number, number, number];

const howToGetIt =
  'Run scripts/setup, or install the package "packer" of your distribution or from ' +
  'https://developer.hashicorp.com/packer/install, or name the program: PACKER=/path/to/packer.';

/**
 * The Packer to use: what PACKER names; else the first usable one of PATH and then of `.tools/packer`. Another
 * program of that name (cracklib's) and one that is too old are passed over, and named if none is left.
 *
 * @throws ActionableError, status 4, where there is none, or none with the amazon plugin.
 */
export async function findPacker(place: SearchPlace): Promise<PackerProgram> {
  const found = place.environment.PACKER ? namedPacker(place) : foundPackers(place);
  const refused: string[] = [];
  for (const path of await found) {
    const asked = await versionOf(path, place);
    if ('version' in asked) return withPlugin(path, asked.version, place);
    refused.push(`${path} ${asked.why}`);
  }
  const what = refused.length === 0 ? 'none on PATH or in .tools' : refused.join('; ');
  throw refusal(`Packer: expected version ${oldest.join('.')} or newer, found ${what}. ${howToGetIt}`);
}

/** As a shell would find it: a name without a slash is looked for on PATH. */
async function namedPacker({ environment, folder }: SearchPlace): Promise<string[]> {
  const name = environment.PACKER ?? '';
  const paths = name.includes('/')
    ? [resolve(folder, name)]
    : pathFolders(environment).map((one) => join(one, name));
  const found = await executables(paths);
  if (found.length > 0) return found.slice(0, 1);
  throw refusal(
    `PACKER=${name}: expected a program, found none there. Name an existing one, or unset PACKER.`,
  );
}

const foundPackers = ({ environment, folder }: SearchPlace) =>
  executables([
    ...pathFolders(environment).map((one) => join(one, 'packer')),
    join(folder, '.tools', 'packer'),
  ]);

/** Relative entries of PATH are left out: what they mean depends on the folder that Packer runs in. */
const pathFolders = (environment: NodeJS.ProcessEnv) =>
  (environment.PATH ?? '').split(delimiter).filter((one) => isAbsolute(one));

const programsTried = 5;

async function executables(paths: string[]): Promise<string[]> {
  const checked = await Promise.all(
    [...new Set(paths)].map(async (path) => ((await isProgram(path)) ? path : undefined)),
  );
  return checked.filter((path) => path !== undefined).slice(0, programsTried);
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** `packer version -machine-readable` prints `<time>,,version,1.6.6`, on 1.6.6 and on current Packer. */
async function versionOf(path: string, place: SearchPlace): Promise<{ version: Version } | { why: string }> {
  const limitMs = place.limitMs ?? 20_000;
  try {
    const run = await runBriefly(path, ['version', '-machine-readable'], {
      limitMs,
      environment: quiet(place.environment),
    });
    if (run.timedOut) return { why: `(did not say its version within ${limitMs / 1000} s)` };
    const [, major, minor, patch] = /^\d+,,version,(\d+)\.(\d+)\.(\d+)\s*$/m.exec(run.output) ?? [];
    if (run.exit !== 0 || !major || !minor || !patch)
      return { why: "(another program of that name, not HashiCorp's)" };
    const version: Version = [Number(major), Number(minor), Number(patch)];
    return atLeast(version, oldest) ? { version } : { why: `(version ${version.join('.')}: too old)` };
  } catch (error) {
    return { why: `(can't be run: ${error instanceof Error ? error.message : String(error)})` };
  }
}

async function withPlugin(path: string, version: Version, place: SearchPlace): Promise<PackerProgram> {
  const program = { path, version: version.join('.') };
  if (bundlesAmazonPlugin(version)) return program;
  const environment = quiet(place.environment);
  const plugin = await amazonPlugin(path, environment, join(place.folder, '.tools', 'plugins'));
  if (plugin) return { ...program, pluginFolder: plugin.folder };
  throw refusal(
    `Packer ${program.version} (${path}): expected its amazon plugin, which Packer no longer carries itself, ` +
      'found none. Run scripts/setup, or: packer plugins install github.com/hashicorp/amazon',
  );
}

function atLeast(version: Version, wanted: Version): boolean {
  for (const [index, part] of wanted.entries()) {
    const have = version[index] ?? 0;
    if (have !== part) return have > part;
  }
  return true;
}

/** Without its look for a newer version on the network, and without its log in what is parsed. */
function quiet(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { PACKER_LOG: _log, PACKER_LOG_PATH: _path, PACKER_WRAP_COOKIE: _cookie, ...rest } = environment;
  return { ...rest, CHECKPOINT_DISABLE: '1' };
}

const refusal = (message: string) => new ActionableError(message, exitStatus.refused);
