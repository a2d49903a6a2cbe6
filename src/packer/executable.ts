import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import semver from 'semver';
import { ActionableError } from '../lib/actionable-error.ts';
import { runWithLimit } from '../lib/run-with-limit.ts';
import { findAmazonPlugin } from './amazon-plugin.ts';
import { environmentForQuestions } from './environment.ts';
import { pluginFolderOf } from './plugin-folder.ts';

export interface PackerProgram {
  /** Absolute. */
  path: string;
  /** `1.6.6` */
  version: string;
  /** Version of the amazon plugin that it loads; absent if Packer includes the amazon builders (up to 1.9). */
  plugin?: string;
  /** Its plugin folder, absolute; absent if it has none. */
  pluginFolder?: string;
}

export interface SearchPlace {
  /** GOPACKGO_TOOLS is the folder in which set-up installed Packer and its plugin, `.tools` in `folder` by default. */
  environment: NodeJS.ProcessEnv;
  /** Absolute: relative paths in the environment start here. */
  folder: string;
  /** Milliseconds for each program found to print its version. */
  limitMs?: number;
}

const oldest = '1.6.6';

const howToGetIt =
  'Run scripts/setup, or install Packer from your distribution or ' +
  'https://developer.hashicorp.com/packer/install, or set its path: PACKER=/path/to/packer.';

const whatToFix =
  'If that is Packer, correct what it names: TMPDIR, for example, has to be a folder that can be written, and the variables PACKER_… have to be valid. ' +
  'Or set the path of another one: PACKER=/path/to/packer.';

/**
 * The Packer to use: PACKER; otherwise the first usable one on PATH, then the one that set-up installed. Another program with
 * that name (cracklib's) or one that is too old is skipped, and listed in the error if none is left.
 *
 * @throws ActionableError (4) if there is none, or none with the amazon plugin.
 */
export async function findPacker(place: SearchPlace): Promise<PackerProgram> {
  const found = place.environment.PACKER ? namedPacker(place) : foundPackers(place);
  const refused: string[] = [];
  let failed = false;
  for (const path of await found) {
    const asked = await versionOf(path, place);
    if ('version' in asked) return withPlugin(path, asked.version, place);
    refused.push(`${path} ${asked.why}`);
    failed ||= asked.failed === true;
  }
  const what = refused.length === 0 ? 'none on PATH or in .tools' : refused.join('; ');
  throw new ActionableError('packer-not-found', {
    place: 'Packer',
    expected: `version ${oldest} or newer`,
    found: what,
    advice: failed ? whatToFix : howToGetIt,
  });
}

/** As a shell finds it: a name without a slash is searched on PATH. */
async function namedPacker({ environment, folder }: SearchPlace): Promise<string[]> {
  const name = environment.PACKER ?? '';
  const paths = name.includes('/')
    ? [resolve(folder, name)]
    : pathFolders(environment).map((one) => join(one, name));
  const found = await executables(paths);
  if (found.length > 0) return found.slice(0, 1);
  throw new ActionableError('packer-not-found', {
    place: `PACKER=${name}`,
    expected: 'an executable',
    found: 'none',
    advice: 'Correct the path, or unset PACKER.',
  });
}

const foundPackers = ({ environment, folder }: SearchPlace) =>
  executables([
    ...pathFolders(environment).map((one) => join(one, 'packer')),
    join(toolsFolder({ environment, folder }), 'packer'),
  ]);

const toolsFolder = ({ environment, folder }: SearchPlace): string =>
  resolve(folder, environment.GOPACKGO_TOOLS || '.tools');

/** Relative entries of PATH are skipped: their meaning depends on the folder that Packer runs in. */
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
async function versionOf(
  path: string,
  place: SearchPlace,
): Promise<{ version: string } | { why: string; failed?: true }> {
  const limitMs = place.limitMs ?? 20_000;
  try {
    const run = await runWithLimit(path, ['version', '-machine-readable'], {
      limitMs,
      environment: environmentForQuestions(place.environment),
    });
    if (run.timedOut) return { why: `(did not print its version within ${limitMs / 1000} s)` };
    const [, version] = /^\d+,,version,(\d+\.\d+\.\d+)\s*$/m.exec(run.output) ?? [];
    const said = whatItSaid(run.output);
    if (run.exit !== 0 && said !== '')
      return { why: `(it ended with status ${run.exit} and said: ${said})`, failed: true };
    if (run.exit !== 0 || !version) return { why: "(another program of that name, not HashiCorp's)" };
    return semver.gte(version, oldest) ? { version } : { why: `(version ${version}: too old)` };
  } catch (error) {
    return { why: `(can't be run: ${error instanceof Error ? error.message : String(error)})` };
  }
}

async function withPlugin(path: string, version: string, place: SearchPlace): Promise<PackerProgram> {
  const program = { path, version };
  const environment = environmentForQuestions(place.environment);
  const usersFolder = await pluginFolderOf(environment, place.folder);
  if (semver.lt(version, firstWithoutPlugins)) {
    return usersFolder === undefined ? program : { ...program, pluginFolder: usersFolder };
  }
  const plugin = await findAmazonPlugin({
    packer: program,
    environment,
    usersFolder,
    ownFolder: join(toolsFolder(place), 'plugins'),
    linksFolder: join(place.folder, '.gopackgo', 'plugins'),
  });
  return { ...program, plugin: plugin.version, pluginFolder: plugin.folder };
}

/** Packer 1.10.0 was the first to ship without plugins (Packer's change log). */
const firstWithoutPlugins = '1.10.0';

/** The first lines, for a message. */
function whatItSaid(output: string): string {
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const text = lines.slice(0, 3).join(' ');
  return text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text;
}

const longestQuote = 300;
