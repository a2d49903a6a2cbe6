import { Ajv, type ErrorObject } from 'ajv';
import { distance } from 'fastest-levenshtein';
import type { Schema, SettingsProblem } from '../model/settings/schema-parts.ts';

const ajv = new Ajv({ allErrors: true, verbose: true });
ajv.addKeyword({ keyword: 'expected', schemaType: 'string' });

/** The problems of a value according to a schema, in the schema's words; empty if it is valid. Pure. */
export const schemaProblems = (value: unknown, schema: object): SettingsProblem[] => {
  const validate = ajv.compile(schema);
  if (validate(value)) return [];
  const problems = withoutOtherShapes(validate.errors ?? []).map((error) => problemOf(error, value));
  return [...new Map(problems.map((one) => [JSON.stringify([one.place, one.expected]), one])).values()];
};

/**
 * If several shapes were expected: for an object only its problems as an object, for anything else only that it matches none of
 * them.
 */
const withoutOtherShapes = (errors: readonly ErrorObject[]): ErrorObject[] => {
  const choices = errors.filter(({ keyword }) => keyword === 'anyOf');
  return choices.reduce<ErrorObject[]>(
    (kept, choice) => {
      const shapes = (choice.parentSchema as Schema).anyOf ?? [];
      const isObject = typeof choice.data === 'object' && choice.data !== null && !Array.isArray(choice.data);
      const meant = isObject ? shapes.findIndex(({ type }) => type === 'object') : -1;
      return kept.filter((error) => {
        if (error === choice) return meant < 0;
        const isInside = error.schemaPath.startsWith(`${choice.schemaPath}/`) && isBelow(error, choice);
        return !isInside || (meant >= 0 && error.schemaPath.startsWith(`${choice.schemaPath}/${meant}/`));
      });
    },
    [...errors],
  );
};

const isBelow = ({ instancePath }: ErrorObject, { instancePath: above }: ErrorObject): boolean =>
  instancePath === above || instancePath.startsWith(`${above}/`);

const problemOf = (error: ErrorObject, value: unknown): SettingsProblem => {
  const schema = (error.parentSchema ?? {}) as Schema;
  const path = pathOf(error.instancePath, value);
  if (error.keyword === 'additionalProperties') {
    const key = String(error.params.additionalProperty);
    const known = Object.keys(schema.properties ?? {});
    const advice = didYouMean(key, known);
    return {
      place: placeOf([...path, key]),
      expected: `one of the keys ${known.map((name) => `"${name}"`).join(', ')}`,
      found: 'an unknown key',
      ...(advice === undefined ? {} : { advice }),
    };
  }
  if (error.keyword === 'required') {
    const key = String(error.params.missingProperty);
    const expected = schema.properties?.[key]?.expected ?? 'a value';
    return { place: placeOf([...path, key]), expected, found: 'nothing' };
  }
  return {
    place: placeOf(path),
    expected: schema.expected ?? 'something else',
    found: describeValue(error.data),
  };
};

const didYouMean = (word: string, candidates: readonly string[]): string | undefined => {
  const [nearest] = candidates
    .map((candidate) => ({ candidate, far: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, far }) => far <= Math.max(2, candidate.length / 3) && far < candidate.length)
    .sort((a, b) => a.far - b.far);
  return nearest && `Did you mean "${nearest.candidate}"?`;
};

/** A JSON pointer → the keys and indexes that it goes through. */
const pathOf = (pointer: string, value: unknown): (string | number)[] => {
  let here = value;
  return pointer
    .split('/')
    .slice(1)
    .map((step) => {
      const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
      const isIndex = Array.isArray(here);
      here = (here as Record<string, unknown> | undefined)?.[key];
      return isIndex ? Number(key) : key;
    });
};

/** `accounts`, 0, `quotas` → `accounts[0].quotas`. */
export const placeOf = (path: readonly (string | number)[]): string =>
  path.reduce<string>((place, step) => {
    if (typeof step === 'number') return `${place}[${step}]`;
    const key = shortened(step);
    if (!/^[$\w:-]+$/.test(key)) return `${place}[${JSON.stringify(key)}]`;
    return place === '' ? key : `${place}.${key}`;
  }, '');

const describeValue = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object') {
    const keys = Object.keys(value).map((key) => JSON.stringify(shortened(key)));
    return keys.length === 0 ? 'an empty object' : `an object with ${keys.slice(0, 4).join(', ')}`;
  }
  return typeof value === 'string'
    ? JSON.stringify(shortened(value))
    : `the ${typeof value} ${String(value)}`;
};

const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}…` : text);
