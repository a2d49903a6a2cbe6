import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../aws/context.ts';
import { findInstances } from '../aws/instances.ts';
import { errorCode } from '../lib/error-code.ts';
import type { Claimant } from '../lib/file-lock.ts';
import { isLocked } from '../lib/release-lock.ts';
import { type Lookup, okLookup } from '../model/lookup.ts';
import { builderTags, tagKeys } from '../model/resource-names.ts';
import { type BuilderContext, isActiveBuilder } from '../observe/active-builder.ts';
import { buildersAmong } from '../observe/builders.ts';

/**
 * Releases of a publication that are being published: on this machine according to `locked`, or anywhere according to builders
 * in use in any of its regions. One region that cannot be looked up makes the answer unknown.
 */
export async function releasesInProgress(
  publication: string,
  regions: readonly string[],
  locked: ReadonlySet<string>,
  context: BuilderContext & Pick<Context, 'clients'>,
): Promise<Lookup<Set<string>>> {
  const tags = builderTags(`${publication}@*`);
  const lookups = await Promise.all(
    regions.map(async (region) => {
      const tagged = await findInstances(context.clients, region, { tags });
      return tagged.ok ? buildersAmong(tagged.value, region, context) : tagged;
    }),
  );
  const found = new Set(locked);
  for (const lookup of lookups) {
    if (!lookup.ok) return lookup;
    for (const instance of lookup.value) {
      const release = instance.tags[tagKeys.release];
      if (release !== undefined && (await isActiveBuilder(instance, context))) found.add(release);
    }
  }
  return okLookup(found);
}

/**
 * Releases of a publication that a running process has locked, on this machine or on another one that shares the folder.
 *
 * @param folder of releases, absolute.
 */
export async function lockedReleases(
  folder: string,
  publication: string,
  here: Claimant,
): Promise<Set<string>> {
  const names = await readdir(folder).catch((error) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  const own = names.filter((one) => one.startsWith(`${publication}@`));
  // In parallel: each may need to be watched for a while.
  const locked = await Promise.all(own.map((name) => isLocked(join(folder, name, 'lock'), here)));
  return new Set(own.filter((_, index) => locked[index]));
}
