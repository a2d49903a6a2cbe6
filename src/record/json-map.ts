import { applyEdits, type JSONPath, modify } from 'jsonc-parser';
import { isObject } from '../lib/is-object.ts';
import { describeValue, type Problem, placeOf } from '../lib/problem.ts';
import { countMerged, type Merging, type Place } from './format.ts';
import type { RecordedAmi } from './recorded-ami.ts';
import { parseStrictJson } from './strict-json.ts';

type Ids = Record<string, Record<string, string>>;

/**
 * Merges AMIs into a JSON file that contains a map of regions, each with a map of names and ids. All other values stay
 * unchanged. Pure.
 *
 * @param at the keys that lead to the map.
 * @param nameOf the name of an image there.
 * @param what the kind of file, for messages: `variables of Terraform`.
 */
export function mergeIntoMap(
  text: string | undefined,
  ours: readonly RecordedAmi[],
  at: readonly [string, ...string[]],
  nameOf: (image: string) => string,
  what: string,
): Merging {
  const found = readMap(text ?? '{}', at, what);
  if (!found.ok) return found;
  const before = found.ids;
  const idIn = (ids: Ids, { region, image }: Place) => valueAt(valueAt(ids, region), nameOf(image));
  const after: Ids = structuredClone(before);
  for (const ami of ours) after[ami.region] = { ...after[ami.region], [nameOf(ami.image)]: ami.id };
  const counts = countMerged(ours, (place) => idIn(before, place));
  const isThere = text !== undefined && counts.same === ours.length;
  return {
    ok: true,
    text: isThere ? text : write(text ?? '{}', [...at], sorted(after)),
    ...counts,
    omitted: [],
    lists: (place) => idIn(after, place) !== undefined,
  };
}

/** A region or a name may have the name of a property that every object has. */
const valueAt = <T>(of: Record<string, T> | undefined, key: string): T | undefined =>
  of !== undefined && Object.hasOwn(of, key) ? of[key] : undefined;

function write(text: string, at: JSONPath, value: Ids): string {
  const formattingOptions = { insertSpaces: true, tabSize: 2, eol: '\n' };
  const changed = applyEdits(text, modify(text, at, value, { formattingOptions }));
  return changed.endsWith('\n') ? changed : `${changed}\n`;
}

const sorted = (ids: Ids): Ids =>
  Object.fromEntries(
    Object.entries(ids)
      .sort(byKey)
      .map(([region, names]) => [region, inOrder(names)]),
  );

const inOrder = (names: Record<string, string>) => Object.fromEntries(Object.entries(names).sort(byKey));

const byKey = ([one]: [string, unknown], [other]: [string, unknown]): number =>
  one < other ? -1 : one > other ? 1 : 0;

function readMap(
  text: string,
  at: readonly string[],
  what: string,
): { ok: true; ids: Ids } | { ok: false; problems: Problem[] } {
  const json = parseStrictJson(text, what);
  if (!json.ok) return json;
  let here: unknown = json.value;
  for (const [depth, key] of at.entries()) {
    if (!isObject(here)) return refused(at.slice(0, depth), 'an object', here);
    if (!Object.hasOwn(here, key)) return { ok: true, ids: {} };
    here = here[key];
  }
  if (!isObject(here)) return refused(at, 'an object of regions', here);
  const problems = Object.entries(here).flatMap(([region, names]) => {
    if (!isObject(names)) return [problem([...at, region], 'an object of names and AMIs', names)];
    return Object.entries(names)
      .filter(([, id]) => typeof id !== 'string')
      .map(([name, id]) => problem([...at, region, name], 'the id of an AMI', id));
  });
  return problems.length > 0 ? { ok: false, problems } : { ok: true, ids: here as Ids };
}

const problem = (path: readonly string[], expected: string, found: unknown): Problem => ({
  place: placeOf(path),
  expected,
  found: describeValue(found),
});

const refused = (path: readonly string[], expected: string, found: unknown) => ({
  ok: false as const,
  problems: [problem(path, expected, found)],
});
