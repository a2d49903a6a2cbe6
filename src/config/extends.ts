import { basename, dirname, join, normalize, resolve } from 'node:path';
import type { Node } from 'jsonc-parser';
import { definedOnly } from '../lib/defined-only.ts';
import { lineNumbers } from '../lib/json-text.ts';
import type { Origin, Origins } from '../lib/origins.ts';
import { describeValue, inFile, type Problem, placeOf } from '../lib/problem.ts';
import type { Json } from '../model/publication.ts';
import { type ConfigSource, readConfigFile, whyUnread } from './config-file.ts';
import { pathsFromHere } from './own-paths.ts';
import { readText } from './parse-json.ts';
import { credentialProblems } from './rules/credentials.ts';

/** A config merged with everything that it extends. */
export interface Merged {
  /** Without "extends". Null if the config cannot be merged. */
  value: Json;
  /** Absent for a config that extends no other. */
  origins?: Origins;
  /** Problems of the files themselves and of "extends"; places name their files. */
  problems: Problem[];
  /** Literal credentials in any of the files; places name their files. */
  credentials: Problem[];
}

/** A value of a file with its line and, after merging, its file. */
type Noted = { origin: Origin } & (
  | { fields: ReadonlyMap<string, Noted> }
  | { items: readonly Noted[] }
  | { value: string | number | boolean | null }
);

interface Layer {
  /** Undefined if it cannot be merged. */
  noted?: Noted;
  problems: Problem[];
  credentials: Problem[];
}

/**
 * Reads all files that a config extends, and merges them: objects key by key; lists and plain values replace; `null` removes a
 * value of the earlier files. In "variables" `null` is a value: it means that the variable must be given. In a list in
 * "extends" later files override earlier ones, and the config itself overrides all.
 */
export function mergeExtended(found: ConfigSource): Merged {
  const own = readText(found.text);
  if (own.problems.length === 0 && isExtending(own.value)) return mergeAll(found);
  const problems = own.problems.map(inFile(found.file));
  return { value: own.value, problems, credentials: credentialProblems(own).map(inFile(found.file)) };
}

/** The same, also with the origins of a config that extends no other. */
export function mergeAll(found: ConfigSource): Merged {
  const folders = new Map<string, string>();
  const { noted, problems, credentials } = readLayer(found, folders, []);
  if (!noted || problems.length > 0) return { value: null, problems, credentials };
  const origins: Record<string, Origin> = {};
  const value = plainValue(noted, [], origins);
  const folderOf = (place: readonly (string | number)[]) =>
    folders.get(origins[placeOf(place)]?.file ?? '') ?? found.folder;
  return { value: pathsFromHere(value, found.folder, folderOf), origins, problems, credentials };
}

const isExtending = (value: Json): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, 'extends');

/** @param within the files that extend this one, outermost first, as absolute paths and as shown. */
function readLayer(
  { file, folder, text }: ConfigSource,
  folders: Map<string, string>,
  within: readonly { path: string; file: string }[],
): Layer {
  folders.set(file, folder);
  const read = readText(text);
  const credentials = credentialProblems(read).map(inFile(file));
  if (read.problems.length > 0 || !read.tree)
    return { problems: read.problems.map(inFile(file)), credentials };
  const own = note(read.tree, file, lineNumbers(text));
  if (!('fields' in own)) {
    const found = describeValue(read.value);
    return { problems: [{ place: file, expected: 'a config, an object in {}', found }], credentials };
  }
  const named = own.fields.get('extends');
  if (!named) return { noted: own, problems: [], credentials };
  const fields = new Map(own.fields);
  fields.delete('extends');
  const { paths, problems: wrong } = pathsIn(named, file);
  const here = [...within, { path: join(folder, basename(file)), file }];
  const bases = paths.map((one) => readBase(one, { file, folder }, folders, here));
  const problems = [...wrong, ...bases.flatMap((base) => base.problems)];
  const all = { credentials: [...credentials, ...bases.flatMap((base) => base.credentials)] };
  if (problems.length > 0) return { problems, ...all };
  const layers = [...bases.flatMap(({ noted }) => (noted ? [noted] : [])), { origin: own.origin, fields }];
  const noted = layers.reduce<Noted | undefined>(
    (before, after) => (before === undefined ? after : merge(before, after, [], problems)),
    undefined,
  );
  return { ...definedOnly({ noted }), problems, ...all };
}

interface Named {
  path: string;
  place: string;
}

/** The paths in "extends": a text or a list of texts. */
function pathsIn(named: Noted, file: string): { paths: Named[]; problems: Problem[] } {
  const isText = (one: Noted) => 'value' in one && typeof one.value === 'string' && one.value !== '';
  const list = 'items' in named ? named.items : [named];
  const wrong = list.length === 0 || !list.every(isText);
  const at = (one: Noted) => `${one.origin.file}:${one.origin.line}: extends`;
  if (wrong) {
    const place = `${file}:${named.origin.line}: extends`;
    const expected = 'the path of a config, such as "./base.json", or a list of paths';
    return { paths: [], problems: [{ place, expected, found: describeValue(plainValue(named, [], {})) }] };
  }
  const paths = list.map((one) => ({ path: 'value' in one ? String(one.value) : '', place: at(one) }));
  return { paths, problems: [] };
}

function readBase(
  { path, place }: Named,
  from: { file: string; folder: string },
  folders: Map<string, string>,
  within: readonly { path: string; file: string }[],
): Layer {
  const refused = (found: string, advice?: string): Layer => ({
    problems: [{ place, expected: 'a config to extend', found, ...definedOnly({ advice }) }],
    credentials: [],
  });
  const absolute = resolve(from.folder, path);
  try {
    const { text, folder } = readConfigFile(absolute);
    const real = join(folder, basename(absolute));
    const file = shownPath(path, from.file);
    const start = within.findIndex((one) => one.path === real);
    if (start >= 0) {
      const circle = [...within.slice(start).map((one) => one.file), file].join(' extends ');
      return refused(`a circle: ${circle}`, 'Remove one of them.');
    }
    return readLayer({ file, folder, text }, folders, within);
  } catch (error) {
    const advice = `Paths start in ${from.folder}`;
    return refused(`${whyUnread(error)}: ${JSON.stringify(path)}`, advice);
  }
}

/** `../shared/base.json` of `configs/web.json` → `shared/base.json`. */
const shownPath = (path: string, from: string): string =>
  path.startsWith('/') ? path : normalize(join(dirname(from), path));

function note(node: Node, file: string, lineAt: (offset: number) => number): Noted {
  const origin = { file, line: lineAt(node.offset) };
  const children = node.children ?? [];
  if (node.type === 'array') return { origin, items: children.map((child) => note(child, file, lineAt)) };
  if (node.type !== 'object') return { origin, value: node.value };
  const fields = children.flatMap(({ children: [key, value] = [] }): [string, Noted][] =>
    key && value ? [[String(key.value), note(value, file, lineAt)]] : [],
  );
  return { origin, fields: new Map(fields) };
}

const isNull = (one: Noted): boolean => 'value' in one && one.value === null;

const isVariable = (path: readonly string[]): boolean => path[0] === 'variables' && path.length === 2;

/** In "variables" null is a value: the variable must be given. */
const removes = (one: Noted, path: readonly string[]): boolean => isNull(one) && !isVariable(path);

/** A secret must be given anyway; as a plain required text, its value would be in plans and templates. */
const staysSecret = (before: Noted | undefined, after: Noted, path: readonly string[]): boolean => {
  if (!isVariable(path) || !isNull(after)) return false;
  const secret = before !== undefined && 'fields' in before ? before.fields.get('secret') : undefined;
  return secret !== undefined && 'value' in secret && secret.value === true;
};

function merge(
  before: Noted | undefined,
  after: Noted,
  path: readonly string[],
  problems: Problem[],
): Noted | undefined {
  if (removes(after, path)) {
    if (before === undefined) {
      problems.push({
        place: `${after.origin.file}:${after.origin.line}: ${placeOf(path)}`,
        expected: 'a value of the files that this one extends, which null removes',
        found: 'none',
        advice: 'Remove it, or correct the key.',
      });
    }
    return undefined;
  }
  if (staysSecret(before, after, path)) return before;
  if (!('fields' in after)) return after;
  const fields = new Map(before !== undefined && 'fields' in before ? before.fields : []);
  for (const [key, value] of after.fields) {
    const merged = merge(fields.get(key), value, [...path, key], problems);
    if (merged === undefined) fields.delete(key);
    else fields.set(key, merged);
  }
  return { origin: after.origin, fields };
}

/** The plain value; records where each part of it came from. */
function plainValue(noted: Noted, path: readonly (string | number)[], origins: Record<string, Origin>): Json {
  if (path.length > 0) origins[placeOf(path)] = noted.origin;
  if ('value' in noted) return noted.value;
  if ('items' in noted) return noted.items.map((item, index) => plainValue(item, [...path, index], origins));
  return Object.fromEntries(
    [...noted.fields].map(([key, value]) => [key, plainValue(value, [...path, key], origins)]),
  );
}
