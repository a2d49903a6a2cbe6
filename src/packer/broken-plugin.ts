import type { PackerProgram } from './executable.ts';

/**
 * What to say where Packer found its amazon plugin and could not load it, from what `packer validate` said of a template;
 * undefined where it could. A plugin that starts and speaks another protocol is "Failed to load source type"; one for
 * another API version is passed over, and its builders are unknown (both seen with Packer 1.16.0). Pure.
 */
export function brokenPlugin(
  said: string,
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
      said.replaceAll(/^Error: /gm, ''),
    ) ?? [];
  if (words === undefined) return undefined;
  return (
    `Packer ${version} (${path}): expected its amazon plugin ${plugin} in ${pluginFolder} to load, found: ` +
    `${words.replace(/\s+/g, ' ')}. Nothing was built. Install it again: ${path} plugins install --force github.com/hashicorp/amazon`
  );
}
