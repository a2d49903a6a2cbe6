import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readAttempts } from './attempts.ts';

/** How many of the newest releases are read. */
const releasesRead = 3;

/**
 * How many seconds the newest successful build of each target took on this machine, in this release or in earlier ones of the
 * publication. Only a hint for the order of builds: unknown and unreadable ones are omitted.
 *
 * @param releases the folder with a folder `<publication>@<version>` per release.
 */
export async function secondsOfEarlierBuilds(
  releases: string,
  publication: string,
  targets: readonly string[],
): Promise<Map<string, number>> {
  const took = new Map<string, number>();
  for (const attempts of await newestFirst(releases, publication)) {
    const unknown = targets.filter((target) => !took.has(target));
    for (const { target, record, result } of await readAttempts(attempts, unknown).catch(() => [])) {
      const seconds = (Date.parse(result?.endedAt ?? '') - Date.parse(record?.startedAt ?? '')) / 1000;
      if (result?.exit === 0 && seconds >= 0) took.set(target, seconds);
    }
  }
  return took;
}

/** The attempts folders, the newest release's first. */
async function newestFirst(releases: string, publication: string): Promise<string[]> {
  const names = await readdir(releases).catch((): string[] => []);
  const found = await Promise.all(
    names
      .filter((name) => name.startsWith(`${publication}@`))
      .map(async (name) => {
        const folder = join(releases, name, 'attempts');
        const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: undefined }));
        return mtimeMs === undefined ? [] : [{ folder, mtimeMs }];
      }),
  );
  return found
    .flat()
    .toSorted((one, other) => other.mtimeMs - one.mtimeMs)
    .slice(0, releasesRead)
    .map(({ folder }) => folder);
}
