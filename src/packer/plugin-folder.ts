import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/**
 * The folder in which Packer looks for plugins, absolute: PACKER_PLUGIN_PATH, otherwise `plugins` in its configuration folder.
 * A relative path starts in `workingFolder`, although Packer runs elsewhere. Undefined if the environment has no HOME. Read in
 * packer 1.16.0 (`packer/plugin_folders.go`) and in packer-plugin-sdk 0.6.10 (`pathing`).
 */
export async function pluginFolderOf(
  environment: NodeJS.ProcessEnv,
  workingFolder: string,
): Promise<string | undefined> {
  const { PACKER_PLUGIN_PATH: named, PACKER_CONFIG_DIR: config, HOME: home } = environment;
  if (named) return resolve(workingFolder, named);
  if (config) return resolve(workingFolder, config, '.packer.d', 'plugins');
  if (!home) return undefined;
  const old = resolve(workingFolder, home, '.packer.d');
  if (await isThere(old)) return join(old, 'plugins');
  const configHome = environment.XDG_CONFIG_HOME || join(home, '.config');
  return resolve(workingFolder, configHome, 'packer', 'plugins');
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
