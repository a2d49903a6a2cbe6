import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

export interface UnlistedPlugin {
  path: string;
  /** Why Packer ignores it. */
  why: string;
  /** The file itself may be valid: `packer plugins install --path` may fix it. */
  isWhole: boolean;
}

/** Packer searches no deeper (packer 1.16.0, `packer/plugin-getter/plugins.go`). */
const deepest = 16;
const mostEntries = 20_000;

/**
 * Files named like an amazon plugin that Packer does not list, and the likely reason. For a folder in which Packer lists no
 * amazon plugin.
 */
export async function unlistedPlugins(folder: string): Promise<UnlistedPlugin[]> {
  const files = await filesNamed(/^packer-plugin-amazon(?!.*_SHA256SUM$)/, folder);
  return await Promise.all(
    files.map(async (path) => ({ path, isWhole: true, ...(await whyUnlisted(path, folder)) })),
  );
}

async function filesNamed(pattern: RegExp, folder: string): Promise<string[]> {
  const found: string[] = [];
  let left = mostEntries;
  let folders = [folder];
  for (let depth = 0; depth <= deepest && folders.length > 0; depth += 1) {
    const below: string[] = [];
    for (const one of folders) {
      const entries = await readdir(one, { withFileTypes: true }).catch(() => []);
      left -= entries.length;
      if (left < 0) return found;
      for (const entry of entries) {
        const path = join(one, entry.name);
        if (entry.isDirectory()) below.push(path);
        else if (pattern.test(entry.name)) found.push(path);
      }
    }
    folders = below;
  }
  return found.sort();
}

async function whyUnlisted(path: string, folder: string): Promise<{ why: string; isWhole?: boolean }> {
  const name = basename(path);
  if (path === join(folder, name)) return { why: 'it is not in a folder named after its source' };
  const platform = `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const [, version, itsPlatform] =
    /^packer-plugin-amazon_v([^_]+)_x\d+\.\d+_(\w+?)(?:\.exe)?$/.exec(name) ?? [];
  if (version === undefined) return { why: 'its name lacks the version, API version or platform' };
  if (itsPlatform !== platform)
    return { why: `it is for ${itsPlatform}, this is ${platform}`, isWhole: false };
  const sum = await readFile(`${path}_SHA256SUM`, 'utf8').catch(() => undefined);
  if (sum === undefined) return { why: `its checksum is missing, ${name}_SHA256SUM` };
  const is = await sha256Of(path).catch(() => undefined);
  if (is === undefined) return { why: 'it cannot be read', isWhole: false };
  if (!sum.includes(is)) return { why: `its SHA-256 is not the one in ${name}_SHA256SUM`, isWhole: false };
  return {
    why: `its answer to "describe" does not match version ${version}`,
    isWhole: false,
  };
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
