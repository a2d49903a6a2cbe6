import semver from 'semver';
import { ActionableError, exitStatus } from '../lib/actionable-error.ts';
import { type InstalledPlugin, installedPlugins } from './installed-plugins.ts';
import { linkedPlugins } from './linked-plugins.ts';
import { unlistedPlugins } from './unlisted-plugins.ts';

/** The source of the amazon plugin, as `packer plugins install` takes it. */
const source = 'github.com/hashicorp/amazon';

/**
 * The oldest plugin that is used. 1.1.0 was the first that can log in to an OpenSSH that refuses RSA signatures with SHA-1,
 * as Ubuntu's since 22.04 does (its changelog: packer-plugin-sdk 0.2.12).
 */
export const oldestPlugin = '1.1.0';

export interface PluginSearch {
  /** Path of Packer, and its version for messages. */
  packer: { path: string; version: string };
  environment: NodeJS.ProcessEnv;
  /** Where Packer looks by itself, absolute; undefined where it has no such place. */
  usersFolder: string | undefined;
  /** Where set-up installs plugins, absolute. */
  ownFolder: string;
  /** Where a folder with plugins of both may be made, absolute. */
  linksFolder: string;
}

/**
 * The amazon plugin that builds the images, and the folder that Packer has to be given so that it loads just that one.
 * The user's own comes first; where that is missing or of no use, the one that set-up installed takes its place, and
 * the user's other plugins stay beside it.
 *
 * @throws ActionableError, status 4, where neither is of use: what was found, why it is not taken, what to run.
 */
export async function findAmazonPlugin(search: PluginSearch): Promise<{ folder: string; version: string }> {
  const { usersFolder, ownFolder, linksFolder } = search;
  const users = await listed(usersFolder, search);
  const theirs = amazonOf(users);
  if (theirs && whyUnusable(theirs) === undefined) return theirs;
  const own = ownFolder === usersFolder ? [] : await listed(ownFolder, search);
  const ours = amazonOf(own);
  if (!ours || whyUnusable(ours) !== undefined) throw await refusal(search, theirs ?? ours);
  const others = users.filter(({ name }) => name !== ours.name);
  if (others.length === 0) return ours;
  return { folder: await linkedPlugins(linksFolder, [ours, ...others]), version: ours.version };
}

/** Packer loads the newest of one name, whatever its source. */
const amazonOf = (plugins: readonly InstalledPlugin[]): InstalledPlugin | undefined =>
  plugins.findLast(({ name }) => name === 'amazon');

function whyUnusable(plugin: InstalledPlugin): string | undefined {
  if (plugin.source !== source) return `version ${plugin.version} of another source, ${plugin.source}`;
  // A build of the plugin's own developers, such as 1.8.3-dev, counts as the version that it leads to.
  if (semver.lt(semver.coerce(plugin.version) ?? '0.0.0', oldestPlugin)) return `version ${plugin.version}`;
  return undefined;
}

async function listed(folder: string | undefined, search: PluginSearch): Promise<InstalledPlugin[]> {
  if (folder === undefined) return [];
  const { packer, environment } = search;
  try {
    return await installedPlugins(packer.path, folder, environment);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw refused(`${who(search)}: expected a list of the plugins in ${folder}, found: ${said}`);
  }
}

async function refusal(search: PluginSearch, useless: InstalledPlugin | undefined): Promise<ActionableError> {
  const { usersFolder, ownFolder, packer } = search;
  const expected = `${who(search)}: expected its plugin ${source}, version ${oldestPlugin} or newer, found`;
  const install = `${quoted(packer.path)} plugins install ${source}`;
  if (useless) {
    const { path, source: other } = useless;
    const remove = other === source ? '' : `${quoted(packer.path)} plugins remove ${other} && `;
    return refused(`${expected} ${whyUnusable(useless)} (${path}). Run: ${remove}${install}`);
  }
  const folders = [usersFolder, ownFolder].filter((folder) => folder !== undefined);
  for (const folder of folders) {
    const [file] = await unlistedPlugins(folder);
    if (!file) continue;
    const command = file.isWhole
      ? `${quoted(packer.path)} plugins install --path ${quoted(file.path)} ${source}`
      : install;
    return refused(`${expected} ${file.path}, which Packer ignores: ${file.why}. Run: ${command}`);
  }
  return refused(`${expected} none in ${folders.join(' or ')}. Run scripts/setup, or: ${install}`);
}

const who = ({ packer }: PluginSearch) => `Packer ${packer.version} (${packer.path})`;

const refused = (message: string) => new ActionableError(message, exitStatus.refused);

/** A path as a shell takes it. */
const quoted = (path: string): string =>
  /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
