import { getNodeValue, type ParseError, parseTree } from 'jsonc-parser';
import { isObject } from '../lib/is-object.ts';
import { duplicateKeys, positions, tooDeep } from '../lib/json-text.ts';
import { describeValue, type Problem, placeOf } from '../lib/problem.ts';
import { type Entry, keyOf, usualArchitecture, usualRootDevice } from './entry.ts';

/** A file of ids, read: its entries, or all that speaks against taking it for one. */
export type Parsed = { ok: true; entries: Entry[] } | { ok: false; problems: Problem[] };

type Place = (string | number)[];

const refused = (...problems: Problem[]): Parsed => ({ ok: false, problems });

/**
 * Reads a file of ids in any of the shapes that ComboAMI's had: since its 2.6.2 a list of entries for each region; in
 * 2.6.0 and 2.6.1 the same with `12.04` and `paravirtual`; up to 2.5.1 `{"hvm": {region: id}, "pv": …}`. Anything that
 * it does not know makes the whole text refused: it could not be written again without loss. Pure.
 */
export function parseIds(text: string): Parsed {
  if (tooDeep(text, 20) !== undefined)
    return refused({ place: '', expected: 'regions with lists of AMIs', found: 'more levels' });
  const at = positions(text);
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { disallowComments: true });
  const [error] = errors;
  if (!tree || error) {
    const expected = 'JSON, without comments and trailing commas';
    return refused({ place: at(error?.offset ?? 0), expected, found: 'something else' });
  }
  const twice = duplicateKeys(tree, at);
  if (twice.length > 0) return refused(...twice);
  const value: unknown = getNodeValue(tree);
  if (!isObject(value)) return refused(wrong([], 'an object of regions', value));
  const read = isByVirtualization(value) ? fromVirtualizations(value) : fromRegions(value);
  const entries = read.flatMap((one) => ('entry' in one ? [one] : []));
  const problems = read.flatMap((one) => ('problem' in one ? [one.problem] : []));
  if (problems.length > 0) return refused(...problems);
  const alike = kindsTwice(entries);
  return alike.length > 0 ? refused(...alike) : { ok: true, entries: entries.map(({ entry }) => entry) };
}

type Read = Found | { problem: Problem };
interface Found {
  entry: Entry;
  place: Place;
}

const region = {
  is: /^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$/,
  expected: 'a region as AWS writes it, such as "us-east-1"',
};
const id = { is: /^ami-[0-9a-f]{8}([0-9a-f]{9})?$/, expected: 'the id of an AMI' };

/** The keys of an entry, with what each may hold. */
const keys: Record<string, { is: RegExp; expected: string; needed?: true }> = {
  'Distributor ID': { is: /^[A-Za-z]\S*$/, expected: 'a distributor, such as "Ubuntu"', needed: true },
  Release: { is: /^[0-9]+(\.[0-9]+)*$/, expected: 'a release, such as "2204"', needed: true },
  architecture: { is: /^(?:x86_64|arm64|i386)$/, expected: '"x86_64", "arm64" or "i386"' },
  id: { ...id, needed: true },
  'root device': { is: /^(?:ebs|instance-store)$/, expected: '"ebs" or "instance-store"' },
  'virtualization type': { is: /^(?:hvm|pv|paravirtual)$/, expected: '"hvm" or "pv"', needed: true },
};

function fromRegions(value: Record<string, unknown>): Read[] {
  return Object.entries(value).flatMap(([name, list]): Read[] => {
    if (!region.is.test(name)) return [{ problem: wrong([name], region.expected, name) }];
    if (!Array.isArray(list)) return [{ problem: wrong([name], 'a list of AMIs', list) }];
    return list.flatMap((item, index) => fromEntry(item, name, [name, index]));
  });
}

function fromEntry(item: unknown, name: string, place: Place): Read[] {
  if (!isObject(item)) return [{ problem: wrong(place, 'an object', item) }];
  const known = Object.keys(keys)
    .map((key) => `"${key}"`)
    .join(', ');
  const unknown = Object.keys(item)
    .filter((key) => !Object.hasOwn(keys, key))
    .map((key) => ({
      place: placeOf([...place, key]),
      expected: `one of the keys ${known}`,
      found: 'another key',
    }));
  const bad = Object.entries(keys).flatMap(([key, { is, expected, needed }]) => {
    const found = item[key];
    const right = found === undefined ? !needed : typeof found === 'string' && is.test(found);
    return right ? [] : [wrong([...place, key], expected, found)];
  });
  const { 'Distributor ID': distributor, Release: release } = item;
  if (distributor === 'Ubuntu' && bad.length === 0 && !/^\d\d\.?\d\d$/.test(String(release)))
    bad.push(wrong([...place, 'Release'], 'a release of Ubuntu in four digits, such as "2204"', release));
  if (unknown.length + bad.length > 0) return [...unknown, ...bad].map((problem) => ({ problem }));
  return [{ place, entry: toEntry(item as Record<string, string>, name) }];
}

/** In today's words, what may be left out filled in. */
function toEntry(item: Record<string, string>, name: string): Entry {
  const { 'Distributor ID': distributor = '', Release: written = '', id = '' } = item;
  const release = distributor === 'Ubuntu' ? written.replace('.', '') : written;
  return {
    region: name,
    distributor,
    release,
    virtualization: item['virtualization type'] === 'hvm' ? 'hvm' : 'pv',
    architecture: item.architecture ?? usualArchitecture,
    rootDevice: item['root device'] ?? usualRootDevice({ distributor, release }),
    id,
  };
}

const isByVirtualization = (value: Record<string, unknown>): boolean =>
  Object.keys(value).length > 0 && Object.keys(value).every((key) => key === 'hvm' || key === 'pv');

/** ComboAMI was made of Ubuntu 12.04 alone up to 2.5.1: `presetup/pre_1.sh` of its branch 2.5 names the base image. */
function fromVirtualizations(value: Record<string, unknown>): Read[] {
  return Object.entries(value).flatMap(([virtualization, regions]): Read[] => {
    if (!isObject(regions)) {
      return [{ problem: wrong([virtualization], 'an object of regions and AMIs', regions) }];
    }
    return Object.entries(regions).map(([name, found]): Read => {
      const place = [virtualization, name];
      if (!region.is.test(name)) return { problem: wrong(place, region.expected, name) };
      if (typeof found !== 'string' || !id.is.test(found))
        return { problem: wrong(place, id.expected, found) };
      const item = {
        'Distributor ID': 'Ubuntu',
        Release: '1204',
        id: found,
        'virtualization type': virtualization,
      };
      return { place, entry: toEntry(item, name) };
    });
  });
}

/** One of two would be lost when the file is written, and nobody could say which is meant. */
function kindsTwice(found: readonly Found[]): Problem[] {
  const first = new Map<string, Place>();
  return found.flatMap(({ entry, place }) => {
    const key = keyOf(entry);
    const earlier = first.get(key);
    if (earlier) {
      const expected = 'one AMI of each kind in a region';
      return [{ place: placeOf(place), expected, found: `a second one of the kind of ${placeOf(earlier)}` }];
    }
    first.set(key, place);
    return [];
  });
}

const wrong = (place: Place, expected: string, found: unknown): Problem => ({
  place: placeOf(place),
  expected,
  found: describeValue(found),
});
