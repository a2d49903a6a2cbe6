import { appendFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findPacker } from '../../src/packer/executable.ts';

/**
 * Before the tests that run Packer: they all run the one that gopackgo would use here, with the plugin folder that it
 * would be given. `scripts/test` says which it was.
 *
 * @throws ActionableError if there is no usable one.
 */
export default async function setup(): Promise<void> {
  const folder = fileURLToPath(new URL('../..', import.meta.url));
  const { path, version, plugin, pluginFolder } = await findPacker({ environment: process.env, folder });
  process.env.PACKER = path;
  if (pluginFolder !== undefined) process.env.PACKER_PLUGIN_PATH = pluginFolder;
  const { GOPACKGO_TESTED_WITH: notes } = process.env;
  const amazon = plugin === undefined ? 'its own amazon builders' : `amazon plugin ${plugin}`;
  if (notes) appendFileSync(notes, `Packer ${version} with ${amazon}\n`);
}
