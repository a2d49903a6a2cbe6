import { type Entry, usualArchitecture, usualRootDevice, wordsOfKind } from './entry.ts';

/**
 * The text of an ids file, in the format that its readers know: regions, each with a list of entries; all sorted, an indent of
 * four, a newline at the end. The same entries give the same bytes. Pure.
 */
export function renderIds(entries: readonly Entry[]): string {
  const regions = [...new Set(entries.map(({ region }) => region))].sort();
  const lists = regions.map((region) => [
    region,
    entries
      .filter((entry) => entry.region === region)
      .sort(byKind)
      .map(written),
  ]);
  return `${JSON.stringify(Object.fromEntries(lists), null, 4)}\n`;
}

/** With sorted keys, as Python's `sort_keys` wrote them. */
function written(entry: Entry): Record<string, string> {
  const { distributor, release, virtualization, architecture, rootDevice, id } = entry;
  return {
    'Distributor ID': distributor,
    Release: release,
    ...(architecture === usualArchitecture ? {} : { architecture }),
    id,
    ...(rootDevice === usualRootDevice(entry) ? {} : { 'root device': rootDevice }),
    'virtualization type': virtualization,
  };
}

/** By code points: the same on every machine, whatever its locale. */
function byKind(one: Entry, other: Entry): number {
  const words = wordsOfKind(other);
  for (const [place, word] of wordsOfKind(one).entries()) {
    const against = words[place] ?? '';
    if (word !== against) return word < against ? -1 : 1;
  }
  return 0;
}
