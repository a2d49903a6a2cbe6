import { Ajv, type ErrorObject } from 'ajv';
import { definedOnly } from '../lib/defined-only.ts';
import { didYouMean } from '../lib/nearest.ts';
import { describeValue, type Problem, placeOf } from '../lib/problem.ts';
import type { Json } from '../model/publication.ts';
import { publicationSchema } from './schema.ts';
import type { Schema } from './schema-parts.ts';

/** Where the value does not have the shape of a publication, or of another schema, in our words; empty where it has. */
export function shapeProblems(value: Json, shape: Schema = publicationSchema): Problem[] {
  const ajv = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true });
  ajv.addKeyword({ keyword: 'expected', schemaType: 'string' });
  const validate = ajv.compile(shape);
  if (validate(value)) return [];
  return (validate.errors ?? []).flatMap((error) => toProblems(error, value, shape));
}

function toProblems(error: ErrorObject, value: Json, shape: Schema): Problem[] {
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
    case 'uniqueItems': {
      const { i, j } = error.params as { i: number; j: number };
      const found = `${describeValue((error.data as Json[])[i])} a second time`;
      return [{ place: placeOf([...path, Math.max(i, j)]), expected: 'each of the list once', found }];
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
          { place, expected: schema.expected ?? 'something else', found: describeValue(error.data) },
          error,
        ),
      ];
  }
}

function unknownKey(path: (string | number)[], key: string, schema: Schema, shape: Schema): Problem {
  const known = Object.keys(schema.properties ?? {});
  const elsewhere = placesOfKey(key, shape);
  const advice =
    elsewhere.length > 0 ? `"${key}" belongs in ${elsewhere.join(' or ')}` : didYouMean(key, known);
  return {
    place: placeOf([...path, key]),
    expected: `one of the keys ${known.map((name) => `"${name}"`).join(', ')}`,
    found: 'an unknown key',
    ...definedOnly({ advice }),
  };
}

/** Which objects have a key of this name: `images[]`. The publication itself is "the publication". */
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
  if (error.keyword === 'type' && error.params.type === 'string' && typeof error.data === 'number') {
    return { ...problem, advice: 'put it in quotes' };
  }
  const dotted = typeof error.data === 'string' && /^(\d\d)\.(\d\d)$/.exec(error.data);
  if (dotted && error.keyword === 'pattern')
    return { ...problem, advice: `write "${dotted[1]}${dotted[2]}"` };
  return problem;
}

/** A JSON pointer → the keys and indexes that it goes through. */
function pathOf(pointer: string, value: Json): (string | number)[] {
  let here: Json | undefined = value;
  return pointer
    .split('/')
    .slice(1)
    .map((step) => {
      const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
      const inList = Array.isArray(here);
      here = Array.isArray(here) ? here[Number(key)] : (here as Record<string, Json> | undefined)?.[key];
      return inList ? Number(key) : key;
    });
}
