import { isObject } from '../lib/is-object.ts';
import type { Static } from '../lib/json-schema.ts';
import { describeValue, type Problem, placeOf } from '../lib/problem.ts';
import type { recordedAmi } from '../model/record-output.ts';
import { byCodePoints, countMerged, type Place, type RecordFormat } from './format.ts';
import type { RecordedAmi } from './recorded-ami.ts';
import { parseStrictJson } from './strict-json.ts';

/** `{"format": 1, "amis": [...]}`, with everything known about each AMI: `docs/record.schema.json` is its schema. */
export const jsonFormat: RecordFormat = {
  what: 'a gopackgo record in JSON',
  merge(text, ours) {
    const read = text === undefined ? { ok: true as const, amis: [] } : readAmis(text);
    if (!read.ok) return read;
    const before = new Map(read.amis.map((ami) => [keyOf(ami), ami]));
    const after = new Map([...before, ...ours.map((ami) => [keyOf(ami), written(ami)] as const)]);
    const amis = [...after.values()].sort((one, other) => byCodePoints(orderOf(one), orderOf(other)));
    return {
      ok: true,
      text: `${JSON.stringify({ format: 1, amis }, null, 2)}\n`,
      ...countMerged(ours, (place) => before.get(keyOf(place))?.id),
      omitted: [],
      lists: (place) => after.has(keyOf(place)),
    };
  },
};

const orderOf = ({ publication, region, image }: Place): string[] => [publication, region, image];

const keyOf = (place: Place): string => JSON.stringify(orderOf(place));

function written({ tags: _, ...ami }: RecordedAmi): Static<typeof recordedAmi> {
  return ami;
}

/** An entry of a file; only its place and its id are used. */
type Listed = Place & { id: string };

function readAmis(text: string): { ok: true; amis: Listed[] } | { ok: false; problems: Problem[] } {
  const json = parseStrictJson(text, 'a record in JSON');
  if (!json.ok) return json;
  const { value } = json;
  const refused = (place: string, expected: string, found: unknown) => ({
    ok: false as const,
    problems: [{ place, expected, found: describeValue(found) }],
  });
  if (!isObject(value) || value.format !== 1) {
    return refused(
      isObject(value) ? 'format' : '',
      isObject(value) ? '1' : 'an object with "format" and "amis"',
      isObject(value) ? value.format : value,
    );
  }
  const { amis } = value;
  if (!Array.isArray(amis)) return refused('amis', 'a list of AMIs', amis);
  const problems = amis.flatMap((ami: unknown, index): Problem[] => {
    const keys = ['publication', 'region', 'image', 'id'] as const;
    if (!isObject(ami)) {
      return [{ place: placeOf(['amis', index]), expected: 'an AMI, an object', found: describeValue(ami) }];
    }
    return keys
      .filter((key) => typeof ami[key] !== 'string')
      .map((key) => ({
        place: placeOf(['amis', index, key]),
        expected: 'a text',
        found: describeValue(ami[key]),
      }));
  });
  return problems.length > 0 ? { ok: false, problems } : { ok: true, amis: amis as Listed[] };
}
