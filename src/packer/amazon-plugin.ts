import semver from 'semver';
import { ActionableError } from '../lib/actionable-error.ts';
import { shellWord } from '../lib/shell-word.ts';
import { type InstalledPlugin, installedPlugins } from './installed-plugins.ts';
import { linkedPlugins } from './linked-plugins.ts';
import { unlistedPlugins } from './unlisted-plugins.ts';

/** The source of the amazon plugin, as `packer plugins install` expects it. */
const source = 'github.com/hashicorp/amazon';

/**
 * The oldest supported plugin. 1.1.0 was the first that can log in to an OpenSSH that refuses RSA signatures with SHA-1, as
 * Ubuntu's does since 22.04 (its changelog: packer-plugin-sdk 0.2.12).
 */
export const oldestPlugin = '1.1.0';

export interface PluginSearch {
  /** Path of Packer, and its version for messages. */
  packer: { path: string; version: string };
  environment: NodeJS.ProcessEnv;
  /** Packer's own plugin folder, absolute; undefined if it has none. */
  usersFolder: string | undefined;
  /** Where set-up installs plugins, absolute. */
  ownFolder: string;
  /** Where a folder that combines the plugins of both may be created, absolute. */
  linksFolder: string;
}

/**
 * The amazon plugin that builds the images, and the plugin folder to give Packer so that it loads exactly that one. The user's
 * own comes first; if it is missing or unusable, the one that set-up installed is used, together with the user's other plugins.
 *
 * @throws ActionableError (4) if neither is usable: what was found, why it is not used, what to run.
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

/** Packer loads the newest plugin with a name, whatever its source. */
const amazonOf = (plugins: readonly InstalledPlugin[]): InstalledPlugin | undefined =>
  plugins.findLast(({ name }) => name === 'amazon');

function whyUnusable(plugin: InstalledPlugin): string | undefined {
  if (plugin.source !== source) return `version ${plugin.version} from another source, ${plugin.source}`;
  // A development build such as 1.8.3-dev counts as the version it precedes.
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
    throw new ActionableError('packer-plugin-broken', {
      place: who(search),
      expected: `a list of the plugins in ${folder}`,
      found: `an error: ${said}`,
    });
  }
}

async function refusal(
  search: PluginSearch,
  unusable: InstalledPlugin | undefined,
): Promise<ActionableError> {
  const { usersFolder, ownFolder, packer } = search;
  const notFound = (found: string, advice: string) =>
    new ActionableError('packer-plugin-not-found', {
      place: who(search),
      expected: `its plugin ${source}, version ${oldestPlugin} or newer`,
      found,
      advice,
    });
  const install = `${shellWord(packer.path)} plugins install ${source}`;
  if (unusable) {
    const { path, source: other } = unusable;
    const remove = other === source ? '' : `${shellWord(packer.path)} plugins remove ${other} && `;
    return notFound(`${whyUnusable(unusable)} (${path})`, `Run: ${remove}${install}`);
  }
  const folders = [usersFolder, ownFolder].filter((folder) => folder !== undefined);
  for (const folder of folders) {
    const [file] = await unlistedPlugins(folder);
    if (!file) continue;
    const command = file.isWhole
      ? `${shellWord(packer.path)} plugins install --path ${shellWord(file.path)} ${source}`
      : install;
    return notFound(`${file.path}, which Packer ignores: ${file.why}`, `Run: ${command}`);
  }
  return notFound(`none in ${folders.join(' or ')}`, `Run scripts/setup, or: ${install}`);
}

const who = ({ packer }: PluginSearch) => `Packer ${packer.version} (${packer.path})`;
