import { definedOnly } from '../lib/defined-only.ts';
import { type Entry, usualArchitecture, usualRootDevice, wordsOfKind } from './entry.ts';
import { byCodePoints } from './format.ts';

/**
 * The text of an ids file, in the format that its readers know: regions, each with a list of entries; sorted, an indent of
 * four, a newline at the end. The same entries give the same bytes. Pure.
 */
export function renderIds(entries: readonly Entry[]): string {
  const regions = [...new Set(entries.map(({ region }) => region))].sort();
  const lists = regions.map((region) => [
    region,
    entries
      .filter((entry) => entry.region === region)
      .sort((one, other) => byCodePoints(wordsOfKind(one), wordsOfKind(other)))
      .map(written),
  ]);
  return `${JSON.stringify(Object.fromEntries(lists), null, 4)}\n`;
}

/** With sorted keys, as Python's `sort_keys` wrote them. */
function written(entry: Entry): Record<string, string> {
  const { distributor, release, name, virtualization, architecture, rootDevice, id } = entry;
  return {
    ...definedOnly({ 'Distributor ID': distributor, Name: name, Release: release }),
    ...(architecture === usualArchitecture ? {} : { architecture }),
    id,
    ...(rootDevice === usualRootDevice(entry) ? {} : { 'root device': rootDevice }),
    'virtualization type': virtualization,
  };
}
