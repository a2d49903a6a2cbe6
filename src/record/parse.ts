import { definedOnly } from '../lib/defined-only.ts';
import { isObject } from '../lib/is-object.ts';
import { describeValue, type Problem, placeOf } from '../lib/problem.ts';
import { shapeProblems } from '../lib/validate-shape.ts';
import { type Entry, keyOf, usualArchitecture, usualRootDevice } from './entry.ts';
import {
  type IdsByRegion,
  type IdsByVirtualization,
  idsByRegion,
  idsByVirtualization,
  systemKeys,
  type WrittenEntry,
} from './ids-schema.ts';
import { parseStrictJson } from './strict-json.ts';

/** The entries of an ids file, or all reasons why it is not one. */
export type Parsed = { ok: true; entries: Entry[] } | { ok: false; problems: Problem[] };

const refused = (...problems: Problem[]): Parsed => ({ ok: false, problems });

/**
 * Reads an ids file in any of ComboAMI's formats: since its 2.6.2 a list of entries per region; in 2.6.0 and 2.6.1 the same
 * with `12.04` and `paravirtual`; up to 2.5.1 `{"hvm": {region: id}, "pv": …}`. If any part is unknown, the whole text is
 * refused, since it could not be written again without loss. Pure.
 */
export function parseIds(text: string): Parsed {
  const json = parseStrictJson(text, 'regions with lists of AMIs');
  if (!json.ok) return json;
  const { value } = json;
  const shape = isByVirtualization(value) ? idsByVirtualization : idsByRegion;
  const nameless = shape === idsByRegion ? withoutName(value) : [];
  const wrong = onePerPlace([...nameless, ...shapeProblems(value, shape)]);
  if (wrong.length > 0) return refused(...wrong);
  const found =
    shape === idsByVirtualization
      ? fromVirtualizations(value as IdsByVirtualization)
      : fromRegions(value as IdsByRegion);
  const contradictions = [...found.flatMap(ubuntuProblems), ...kindsTwice(found)];
  if (contradictions.length > 0) return refused(...contradictions);
  return { ok: true, entries: found.map(({ entry }) => entry) };
}

interface Found {
  entry: Entry;
  place: readonly (string | number)[];
}

/** The first problem of each place: a key that is not a region makes no further problems of its content. */
function onePerPlace(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ place }) => !seen.has(place) && seen.add(place));
}

/** An entry has a name, or a distributor and its release. */
function withoutName(value: unknown): Problem[] {
  const lists = isObject(value) ? Object.entries(value) : [];
  return lists.flatMap(([region, list]) =>
    (Array.isArray(list) ? list : []).flatMap((item: unknown, index) => {
      if (!isObject(item) || item.Name !== undefined) return [];
      return Object.entries(systemKeys)
        .filter(([key]) => item[key] === undefined)
        .map(([key, { expected }]) => ({ place: placeOf([region, index, key]), expected, found: 'nothing' }));
    }),
  );
}

const fromRegions = (ids: IdsByRegion): Found[] =>
  Object.entries(ids).flatMap(([region, list]) =>
    list.map((item, index) => ({ place: [region, index], entry: toEntry(item, region) })),
  );

/** Ubuntu's releases have four digits; the file of 2.6.0 and 2.6.1 wrote them with a point. */
function ubuntuProblems({ entry: { distributor, release }, place }: Found): Problem[] {
  if (distributor !== 'Ubuntu' || /^\d{4}$/.test(release ?? '')) return [];
  const expected = 'a release of Ubuntu in four digits, such as "2204"';
  return [{ place: placeOf([...place, 'Release']), expected, found: describeValue(release) }];
}

/** An entry in the current format, with defaults filled in. */
function toEntry(item: WrittenEntry, region: string): Entry {
  const { 'Distributor ID': distributor, Release: written, Name: name, id } = item;
  const release = distributor === 'Ubuntu' ? written?.replace(/^(\d\d)\.(\d\d)$/, '$1$2') : written;
  return {
    region,
    ...definedOnly({ distributor, release, name }),
    virtualization: item['virtualization type'] === 'hvm' ? 'hvm' : 'pv',
    architecture: item.architecture ?? usualArchitecture,
    rootDevice: item['root device'] ?? usualRootDevice(definedOnly({ distributor, release })),
    id,
  };
}

const isByVirtualization = (value: unknown): boolean =>
  isObject(value) &&
  Object.keys(value).length > 0 &&
  Object.keys(value).every((key) => key === 'hvm' || key === 'pv');

/** Up to 2.5.1 ComboAMI was built only from Ubuntu 12.04: `presetup/pre_1.sh` of its branch 2.5 names the base image. */
const fromVirtualizations = (ids: IdsByVirtualization): Found[] =>
  (['hvm', 'pv'] as const).flatMap((virtualization) =>
    Object.entries(ids[virtualization] ?? {}).map(([region, id]) => ({
      place: [virtualization, region],
      entry: toEntry(
        { 'Distributor ID': 'Ubuntu', Release: '1204', id, 'virtualization type': virtualization },
        region,
      ),
    })),
  );

/** One of the two would be lost when the file is written, and it is unclear which one is meant. */
function kindsTwice(found: readonly Found[]): Problem[] {
  const first = new Map<string, Found['place']>();
  return found.flatMap(({ entry, place }) => {
    const key = keyOf(entry);
    const earlier = first.get(key);
    if (earlier) {
      const expected = 'one AMI of each kind in a region';
      return [
        { place: placeOf(place), expected, found: `a second one of the same kind as ${placeOf(earlier)}` },
      ];
    }
    first.set(key, place);
    return [];
  });
}
