import { dirname, relative } from 'node:path';
import { runWithLimit } from '../lib/run-with-limit.ts';

/** A plugin that Packer finds. */
export interface InstalledPlugin {
  /** Its program, absolute. */
  path: string;
  /** The folder it was found in, absolute: the value for PACKER_PLUGIN_PATH. */
  folder: string;
  /** `github.com/hashicorp/amazon` */
  source: string;
  /** `amazon`: the prefix of its builders' names, whatever its source. */
  name: string;
  /** `1.8.2` */
  version: string;
}

/**
 * The plugins that this Packer finds in a folder, in its own order: the newest with a name is last, and that one is loaded.
 * `packer plugins installed` checks their checksums and runs each with "describe", but does not load them.
 *
 * @throws Error with Packer's message if it cannot list them.
 */
export async function installedPlugins(
  packer: string,
  folder: string,
  environment: NodeJS.ProcessEnv,
): Promise<InstalledPlugin[]> {
  const { exit, output, timedOut } = await runWithLimit(packer, ['plugins', 'installed'], {
    limitMs: 60_000,
    environment: { ...environment, PACKER_PLUGIN_PATH: folder },
  });
  if (timedOut) throw new Error('"packer plugins installed" did not end within 60 s');
  if (exit !== 0) throw new Error(output.trim() || `"packer plugins installed" ended with status ${exit}`);
  return output.split('\n').flatMap((line) => pluginAt(line.trim(), folder) ?? []);
}

/** The plugin at a path, from its file name; undefined for a line that is not such a path. Pure. */
export function pluginAt(path: string, folder: string): InstalledPlugin | undefined {
  if (!path.startsWith(`${folder}/`)) return undefined;
  const [, name, version] = /\/packer-plugin-([^/_]+)_v([^/_]+)_[^/]*$/.exec(path) ?? [];
  if (name === undefined || version === undefined) return undefined;
  return { path, folder, source: relative(folder, dirname(path)), name, version };
}
