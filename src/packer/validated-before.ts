import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { canonicalJson } from '../lib/canonical-json.ts';
import { makeOwnFolder, ownMode, readOwnFile } from '../lib/own-files.ts';
import { stringsIn } from '../lib/placeholders.ts';
import { writeAtomically } from '../lib/write-atomically.ts';
import type { DistinctOptions } from './distinct-options.ts';
import type { PackerProgram } from './executable.ts';

/** How many are kept, latest first. */
const kept = 2_000;

/**
 * A digest of everything that a validation depends on: the options, this Packer and its plugins, and which of the options'
 * texts are files, since Packer checks that they exist. It does not read the files.
 *
 * @param cwd where relative paths start.
 */
export async function digestOf(
  { first, digest }: DistinctOptions,
  packer: PackerProgram,
  cwd: string,
): Promise<string> {
  const { options, provisioners } = first.packer;
  const texts = stringsIn([options, ...provisioners.map((one) => one.options)], []).map(({ text }) => text);
  const paths = [...new Set(texts)].filter((text) => text.length < 1024 && /^[^\n\0]+$/.test(text)).sort();
  const files = await Promise.all(paths.map(async (path) => [path, await kindOf(resolve(cwd, path))]));
  const { path, version, plugin = '', pluginFolder = '' } = packer;
  const parts = {
    digest,
    packer: [path, version, plugin, pluginFolder, await changedAt(path), await changedAt(pluginFolder)],
    files: files.filter(([, kind]) => kind !== 'none') as string[][],
  };
  return createHash('sha256').update(canonicalJson(parts)).digest('hex');
}

async function kindOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return 'none';
  return found.isDirectory() ? 'folder' : 'file';
}

/** A program or folder changed in place has the same path and perhaps the same version. */
const changedAt = async (path: string): Promise<number> =>
  path === '' ? 0 : ((await stat(path).catch(() => undefined))?.mtimeMs ?? 0);

/** The digests of everything that Packer accepted before. Empty if the file is missing or invalid. */
export async function validatedBefore(file: string): Promise<string[]> {
  try {
    const { format, passed } = JSON.parse(await readOwnFile(file));
    return format === 1 && Array.isArray(passed) ? passed.filter((one) => typeof one === 'string') : [];
  } catch {
    return [];
  }
}

/** Adds digests to the file. If it cannot be written, Packer validates again next time. */
export async function rememberValidated(file: string, digests: readonly string[]): Promise<void> {
  try {
    makeOwnFolder(dirname(file));
    const passed = [...new Set([...(await validatedBefore(file)), ...digests])].slice(-kept);
    await writeAtomically(file, `${JSON.stringify({ format: 1, passed })}\n`, ownMode);
  } catch {}
}
