import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { World } from '../aws/context.ts';
import { findInstances } from '../aws/instances.ts';
import { errorCode } from '../lib/error-code.ts';
import type { Observer } from '../lib/owner.ts';
import { isLocked } from '../lib/release-lock.ts';
import { type Look, seen } from '../model/lookup.ts';
import { builderTags, tagKeys } from '../model/resource-names.ts';
import { type AskingWorld, isAtWork } from '../observe/active-builder.ts';
import { buildersAmong } from '../observe/builders.ts';

/**
 * Releases of a publication that somebody is publishing: on this machine, as `locked` says, or anywhere, as builders at work
 * in any of its regions show. One region that cannot be looked at leaves it unknown.
 */
export async function releasesAtWork(
  publication: string,
  regions: readonly string[],
  locked: ReadonlySet<string>,
  world: AskingWorld & Pick<World, 'clients'>,
): Promise<Look<Set<string>>> {
  const tags = builderTags(`${publication}@*`);
  const looks = await Promise.all(
    regions.map(async (region) => {
      const tagged = await findInstances(world.clients, region, { tags });
      return tagged.ok ? buildersAmong(tagged.value, region, world) : tagged;
    }),
  );
  const found = new Set(locked);
  for (const look of looks) {
    if (!look.ok) return look;
    for (const instance of look.value) {
      const release = instance.tags[tagKeys.release];
      if (release !== undefined && (await isAtWork(instance, world))) found.add(release);
    }
  }
  return seen(found);
}

/**
 * Releases of a publication that a living process of this machine has locked.
 *
 * @param folder of releases, absolute.
 */
export async function lockedReleases(
  folder: string,
  publication: string,
  here: Observer,
): Promise<Set<string>> {
  const names = await readdir(folder).catch((error) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  const found = new Set<string>();
  for (const name of names.filter((one) => one.startsWith(`${publication}@`))) {
    if (await isLocked(join(folder, name, 'lock'), here)) found.add(name);
  }
  return found;
}
