import { shellWord } from '../lib/shell-word.ts';
import type { PackerProgram } from './executable.ts';

/**
 * The message for an amazon plugin that Packer found but could not load, from the output of `packer validate`; undefined if it
 * could. For a plugin with another protocol Packer says "Failed to load source type"; one for another API version is ignored,
 * so its builders are unknown (both seen with Packer 1.16.0). Pure.
 */
export function brokenPlugin(
  output: string,
  {
    path,
    version,
    plugin,
    pluginFolder,
  }: Pick<PackerProgram, 'path' | 'version' | 'plugin' | 'pluginFolder'>,
): string | undefined {
  if (plugin === undefined) return undefined;
  const [words] =
    /^Failed to load source type\n+.+$|^Unknown source type amazon-(?:ebs|instance)$/m.exec(
      output.replaceAll(/^Error: /gm, ''),
    ) ?? [];
  if (words === undefined) return undefined;
  return (
    `Packer ${version} (${path}): expected its amazon plugin ${plugin} in ${pluginFolder} to load, found: ` +
    `${words.replace(/\s+/g, ' ')}. Nothing was built. Reinstall it: ${shellWord(path)} plugins install --force github.com/hashicorp/amazon`
  );
}
