import { stat } from 'node:fs/promises';
import { runBriefly } from './run-briefly.ts';

/** Packer 1.10.0 was the first to ship without plugins (Packer's change log). */
export const bundlesAmazonPlugin = ([major, minor]: readonly [number, number, number]): boolean =>
  major === 1 && minor < 10;

/**
 * The folder from which this Packer takes its amazon plugin; undefined where it has none. Packer is asked,
 * since it knows best where it looks: `packer plugins installed` prints the paths of the plugins' programs.
 *
 * `ownFolder` is where this project's set-up puts plugins; it counts where the environment names no other.
 */
export async function amazonPlugin(
  packer: string,
  environment: NodeJS.ProcessEnv,
  ownFolder: string,
): Promise<{ folder: string; version: string } | undefined> {
  const own = environment.PACKER_PLUGIN_PATH === undefined && (await isFolder(ownFolder));
  const { exit, output } = await runBriefly(packer, ['plugins', 'installed'], {
    limitMs: 20_000,
    environment: own ? { ...environment, PACKER_PLUGIN_PATH: ownFolder } : environment,
  });
  const place = /^(\/.*)\/github\.com\/hashicorp\/amazon\/packer-plugin-amazon_v(\d+\.\d+\.\d+)/m.exec(
    output,
  );
  const [, folder, version] = place ?? [];
  return exit === 0 && folder && version ? { folder, version } : undefined;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
