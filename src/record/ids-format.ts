import { type Entry, type Kind, keyOf } from './entry.ts';
import type { RecordFormat } from './format.ts';
import { keptUbuntu } from './kept-ubuntu.ts';
import { mergeIds } from './merge.ts';
import { parseIds } from './parse.ts';
import type { RecordedAmi } from './recorded-ami.ts';
import { renderIds } from './render.ts';

/**
 * An ids file, as ComboAMI's readers know it: a list of AMIs per region.
 *
 * @param kinds by the image's name.
 */
export const idsFormat = (kinds: ReadonlyMap<string, Kind>): RecordFormat => ({
  what: 'a file of AMI ids',
  merge(text, ours) {
    const parsed = text === undefined ? { ok: true as const, entries: [] } : parseIds(text);
    if (!parsed.ok) return parsed;
    const found = ours.map((ami) => ({ ami, entry: entryOf(ami, kinds) }));
    const { entries, ...counts } = mergeIds(
      parsed.entries,
      found.flatMap(({ entry }) => entry ?? []),
    );
    const keys = new Set(entries.map(keyOf));
    return {
      ok: true,
      text: renderIds(entries),
      ...counts,
      omitted: found.flatMap(({ ami, entry }) => (entry ? [] : [ami.target])),
      lists({ image, region }) {
        const kind = kinds.get(image);
        return kind !== undefined && keys.has(keyOf({ region, ...kind }));
      },
    };
  },
});

/** Undefined if the Ubuntu release of an AMI of another recipe is unknown: the current config does not describe it. */
function entryOf(ami: RecordedAmi, kinds: ReadonlyMap<string, Kind>): Entry | undefined {
  const { region, image, target, id } = ami;
  const kind = kinds.get(image);
  if (kind === undefined) throw new Error(`${target} is complete, but what to record for it is not known`);
  if (!ami.mixed || kind.release === undefined) return { region, ...kind, id };
  const release = keptUbuntu(ami, kind.release);
  return release === undefined ? undefined : { region, ...kind, release, id };
}
