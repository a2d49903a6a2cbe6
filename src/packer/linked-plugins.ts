import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { makeOwnFolder } from '../lib/own-files.ts';
import type { InstalledPlugin } from './installed-plugins.ts';

/**
 * A folder in which Packer finds exactly these plugins, wherever they are: since 1.11 it accepts only one folder. Each plugin
 * is linked with its checksum, without which Packer ignores it. The folder's name is derived from its content, and it is
 * created atomically: a running Packer keeps its plugins.
 *
 * @throws the file system's error if it cannot be created.
 */
export async function linkedPlugins(root: string, plugins: readonly InstalledPlugin[]): Promise<string> {
  const paths = plugins.map(({ path }) => path).sort();
  const folder = join(root, createHash('sha256').update(paths.join('\n')).digest('hex').slice(0, 16));
  makeOwnFolder(root);
  const made = await mkdtemp(`${folder}.`);
  try {
    for (const { source, path } of plugins) {
      const link = join(made, source, basename(path));
      await mkdir(dirname(link), { recursive: true });
      await symlink(path, link);
      await symlink(`${path}_SHA256SUM`, `${link}_SHA256SUM`);
    }
    await rename(made, folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(made, { recursive: true, force: true });
  }
  return folder;
}
