import { Ajv, type ErrorObject } from 'ajv';
import { definedOnly } from './defined-only.ts';
import { didYouMean } from './nearest.ts';
import { describeValue, type Problem, placeOf } from './problem.ts';

/** The part of JSON Schema (draft 7) that we use, and `expected`: the text of a message after that word. */
export interface Schema {
  $schema?: string;
  title?: string;
  description?: string;
  expected?: string;
  type?: string | readonly string[];
  enum?: readonly string[];
  pattern?: string;
  minLength?: number;
  minimum?: number;
  items?: Schema;
  minItems?: number;
  uniqueItems?: boolean;
  properties?: Record<string, Schema>;
  required?: readonly string[];
  propertyNames?: Schema;
  additionalProperties?: boolean | Schema;
  minProperties?: number;
  maxProperties?: number;
  /** What a key requires: other keys, or a schema for the whole object. */
  dependencies?: Readonly<Record<string, readonly string[] | Schema>>;
  default?: string | boolean;
  /** Its value may be a secret: no message shows it. */
  writeOnly?: boolean;
}

/** It compiles each schema once. */
const ajv = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true });
ajv.addKeyword({ keyword: 'expected', schemaType: 'string' });

/** Where a value violates a schema, in the schema's own words after "expected"; empty if it is valid. Pure. */
export function shapeProblems(value: unknown, shape: Schema): Problem[] {
  const validate = ajv.compile(shape);
  if (validate(value)) return [];
  return (validate.errors ?? []).flatMap((error) => toProblems(error, value, shape));
}

function toProblems(error: ErrorObject, value: unknown, shape: Schema): Problem[] {
  const schema: Schema = error.parentSchema ?? {};
  const path = pathOf(error.instancePath, value);
  const place = placeOf(path);
  switch (error.keyword) {
    case 'additionalProperties':
      return [unknownKey(path, String(error.params.additionalProperty), schema, shape)];
    case 'required': {
      const key = String(error.params.missingProperty);
      const expected = schema.properties?.[key]?.expected ?? 'a value';
      return [{ place: placeOf([...path, key]), expected, found: 'nothing' }];
    }
    case 'dependencies': {
      const { property, missingProperty } = error.params as { property: string; missingProperty: string };
      const expected = schema.properties?.[missingProperty]?.expected ?? 'a value';
      const found = `nothing, and ${JSON.stringify(property)}, which needs it`;
      return [{ place: placeOf([...path, missingProperty]), expected, found }];
    }
    case 'uniqueItems': {
      const { i, j } = error.params as { i: number; j: number };
      const found = `${describeValue((error.data as unknown[])[i])} a second time`;
      return [{ place: placeOf([...path, Math.max(i, j)]), expected: 'each list item only once', found }];
    }
    case 'propertyNames':
      return [];
    default:
      if (error.propertyName !== undefined) {
        const expected = schema.expected ?? 'another key';
        return [
          {
            place: placeOf([...path, error.propertyName]),
            expected,
            found: describeValue(error.propertyName),
          },
        ];
      }
      return [
        problemWithAdvice(
          {
            place,
            expected: schema.expected ?? 'something else',
            found: schema.writeOnly ? 'something else (not shown)' : describeValue(error.data),
          },
          error,
        ),
      ];
  }
}

function unknownKey(path: (string | number)[], key: string, schema: Schema, shape: Schema): Problem {
  const known = Object.keys(schema.properties ?? {});
  const elsewhere = placesOfKey(key, shape);
  const advice =
    elsewhere.length > 0 ? `"${key}" belongs in ${elsewhere.join(' or ')}.` : didYouMean(key, known);
  return {
    place: placeOf([...path, key]),
    expected: `one of the keys ${known.map((name) => `"${name}"`).join(', ')}`,
    found: 'an unknown key',
    ...definedOnly({ advice }),
  };
}

/** The objects that have a key with this name: `images[]`. The publication itself is "the publication". */
function placesOfKey(key: string, schema: Schema, place = ''): string[] {
  const here = schema.properties && Object.hasOwn(schema.properties, key) ? [place || 'the publication'] : [];
  const below = Object.entries(schema.properties ?? {}).flatMap(([name, child]) =>
    placesOfKey(key, child, place === '' ? name : `${place}.${name}`),
  );
  const { items, additionalProperties: others } = schema;
  return [
    ...here,
    ...below,
    ...(items ? placesOfKey(key, items, `${place}[]`) : []),
    ...(typeof others === 'object' ? placesOfKey(key, others, `${place}.*`) : []),
  ];
}

/** What a person most often means by a value of the wrong type. */
function problemWithAdvice(problem: Problem, error: ErrorObject): Problem {
  const types = [error.params.type].flat();
  if (error.keyword === 'type' && types.includes('string') && typeof error.data === 'number') {
    return { ...problem, advice: 'Put it in quotes.' };
  }
  const dotted = typeof error.data === 'string' && /^(\d\d)\.(\d\d)$/.exec(error.data);
  if (dotted && error.keyword === 'pattern')
    return { ...problem, advice: `Write "${dotted[1]}${dotted[2]}".` };
  return problem;
}

/** A JSON pointer → the keys and indexes that it goes through. */
function pathOf(pointer: string, value: unknown): (string | number)[] {
  let here = value;
  return pointer
    .split('/')
    .slice(1)
    .map((step) => {
      const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
      const inList = Array.isArray(here);
      here = Array.isArray(here) ? here[Number(key)] : (here as Record<string, unknown> | undefined)?.[key];
      return inList ? Number(key) : key;
    });
}
