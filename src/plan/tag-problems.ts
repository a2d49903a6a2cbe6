import { describeValue, type Problem } from '../lib/problem.ts';
import type { Json } from '../model/publication.ts';
import { tagKeys } from '../model/resource-names.ts';
import { type FilledBuilder, withoutPackersOwn } from './filled-builders.ts';

/** "Tag your Amazon EC2 resources", Amazon EC2 User Guide: "Tag restrictions". Lengths in Unicode characters. */
const mostTags = 50;
const longestKey = 128;
const longestValue = 256;

const ownOnAll = [tagKeys.release, tagKeys.target, tagKeys.recipe, tagKeys.base];

const ownOnBuilder = [...ownOnAll, tagKeys.attempt, tagKeys.host];

/** Current Packer puts the builder's tags on AMIs, too. Others are added at the end of a release or later, and need room. */
const ownOnAmi = [
  ...ownOnBuilder,
  tagKeys.parts,
  tagKeys.source,
  tagKeys.published,
  tagKeys.promoted,
  tagKeys.superseded,
  tagKeys.yanked,
  tagKeys.retired,
];

/**
 * The options with tags, and the other tags on the same resource: gopackgo's own; on AMIs those of their builder, which current
 * Packer adds (unless `skip_ami_run_tags`); on snapshots those of their AMI; on instances the "Name" that Packer sets by
 * default.
 */
const kinds: readonly {
  option: string;
  beside: readonly string[];
  with?: readonly string[];
}[] = [
  { option: 'tags', beside: ownOnAmi, with: ['run_tags'] },
  { option: 'run_tags', beside: [...ownOnBuilder, 'Name'] },
  { option: 'run_volume_tags', beside: ownOnBuilder },
  {
    option: 'snapshot_tags',
    beside: [...ownOnBuilder, tagKeys.parts],
    with: ['tags', 'run_tags'],
  },
  { option: 'spot_tags', beside: [] },
  { option: 'fleet_tags', beside: [] },
];

interface Tag {
  path: [string, ...(string | number)[]];
  key: Json;
  value: Json | undefined;
}

/** Tags that EC2 refuses, usually at the end of a build. `more`: additional tags of gopackgo's own. Pure. */
export const tagProblems = (
  builder: FilledBuilder,
  { everywhere, ofAmi }: { everywhere: readonly string[]; ofAmi: readonly string[] },
): Problem[] =>
  kinds.flatMap(({ option, beside: usual, with: others = [] }) => {
    const beside =
      usual.length === 0 ? usual : [...usual, ...everywhere, ...(option === 'tags' ? ofAmi : [])];
    const tags = tagsOf(builder, option);
    const inherited = others
      .filter((other) => other !== 'run_tags' || builder.options.skip_ami_run_tags !== true)
      .flatMap((other) => tagsOf(builder, other));
    const from = others.filter((other) => inherited.some(({ path: [first] }) => other.startsWith(first)));
    const keys = new Set([
      ...beside,
      ...tags.map(({ key }) => String(key)),
      ...inherited.map(({ key }) => String(key)),
    ]);
    const tooMany =
      keys.size > mostTags && tags.length > 0
        ? [
            {
              place: builder.at(tags[0]?.path[0] ?? option),
              expected: `at most ${mostTags} tags on a resource`,
              found: `${keys.size}${beside.length > 0 ? `, ${beside.length} of them set by gopackgo and Packer` : ''}${from.length > 0 ? `, those of ${from.map((one) => `"${one}"`).join(' and ')} included` : ''}`,
            },
          ]
        : [];
    return [...tooMany, ...tags.flatMap((tag) => problemsOf(tag, builder))];
  });

/** The tags of a map, `run_tags`, and of blocks, `run_tag`. */
function tagsOf({ options }: FilledBuilder, option: string): Tag[] {
  const block = option.slice(0, -1);
  const { [option]: map, [block]: blocks } = options;
  const ofMap = isObject(map)
    ? Object.entries(map).map(([key, value]): Tag => ({ path: [option, key], key, value }))
    : [];
  const listed = Array.isArray(blocks) ? blocks : blocks === undefined ? [] : [blocks];
  const ofBlocks = listed.flatMap((one, index): Tag[] =>
    isObject(one)
      ? [{ path: Array.isArray(blocks) ? [block, index] : [block], key: one.key ?? '', value: one.value }]
      : [],
  );
  return [...ofMap, ...ofBlocks];
}

function problemsOf({ path, key, value }: Tag, { at }: FilledBuilder): Problem[] {
  const place = at(...path);
  const name = typeof key === 'string' ? withoutPackersOwn(key) : '';
  const ofKey: Problem[] =
    key === ''
      ? [{ place, expected: 'a tag with a key', found: 'an empty key' }]
      : lengthOf(name) > longestKey
        ? [
            {
              place,
              expected: `a key of at most ${longestKey} characters`,
              found: `one of ${lengthOf(name)}`,
            },
          ]
        : [];
  const tag = `the tag ${describeValue(key)}`;
  if (value === null || value === undefined) {
    return [
      ...ofKey,
      { place, expected: `a text as value of ${tag}`, found: describeValue(value), advice: 'Use "".' },
    ];
  }
  const length = typeof value === 'string' ? lengthOf(withoutPackersOwn(value)) : 0;
  const ofValue: Problem[] =
    length > longestValue
      ? [
          {
            place,
            expected: `a value of at most ${longestValue} characters for ${tag}`,
            found: `one of ${length}, placeholders filled in`,
          },
        ]
      : [];
  return [...ofKey, ...ofValue];
}

const lengthOf = (text: string): number => [...text].length;

const isObject = (value: Json | undefined): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
