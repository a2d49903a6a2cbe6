import { describe, expect, it } from 'vitest';
import {
  changesBetween,
  changesByTag,
  describeChanges,
  digestOf,
  type Parts,
  partsTag,
} from '../../src/model/recipe-parts.ts';
import { target } from '../support/embedded.ts';

const parts = (values: Record<string, string>): Parts =>
  Object.fromEntries(Object.entries(values).map(([part, value]) => [part, digestOf(`${part}=${value}`)]));

const some = {
  'base image': 'a',
  'builder.instance_type': 'm5',
  'provisioners[0].inline': 'x',
  'file a/b': '1',
};
const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`file deploy/${index}`, `${index}`]));

describe('the digests in a tag', () => {
  it.each<[what: string, then: Record<string, string>, now: Record<string, string>, says: string[]]>([
    ['nothing', some, some, []],
    ['an option', some, { ...some, 'builder.instance_type': 'm6' }, ['builder.instance_type']],
    ['an added file', some, { ...some, 'file a/c': '2' }, ['file a/c']],
    ['a removed file', { ...some, 'file a/c': '2' }, some, ['a part that is gone']],
    ['two swapped values', { x: '1', y: '2' }, { x: '2', y: '1' }, ['x', 'y']],
    [
      'one of many files',
      { ...some, ...many(60) },
      { ...some, ...many(60), 'file deploy/7': '-' },
      ['files'],
    ],
  ])('show that %s changed', (_what, then, now, says) => {
    expect(changesByTag(parts(now), partsTag(parts(then))).map(({ part }) => part)).toEqual(says);
  });

  it('fit into a tag value, for any number of parts', () => {
    const provisioners = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [`provisioners[${index}].inline`, `${index}`]),
    );
    for (const values of [some, many(48), many(51), many(1000), { ...many(1000), ...provisioners }])
      expect(partsTag(parts(values)).length).toBeLessThanOrEqual(256);
  });

  it.each([undefined, '', 'z12345', 'a123'])('are ignored if they do not have this form: %s', (tag) => {
    expect(changesByTag(parts(some), tag)).toEqual([]);
  });
});

it('old and new values come from the plans, if they are short', () => {
  const made = (type: string, inline: string, file: string) => ({
    ...target,
    parts: parts({ 'builder.instance_type': type, 'provisioners[0].inline': inline, 'file a': file }),
    packer: {
      builder: 'amazon-ebs' as const,
      options: { instance_type: type },
      provisioners: [{ type: 'shell', options: { inline: [inline] } }],
    },
  });
  const changes = changesBetween(made('m5', 'true', '1'), made('m6', 'x'.repeat(100), '2'));
  expect(changes).toEqual([
    { part: 'builder.instance_type', was: '"m5"', now: '"m6"' },
    { part: 'provisioners[0].inline[0]', was: '"true"' },
    { part: 'file a', was: digestOf('file a=1'), now: digestOf('file a=2') },
  ]);
  expect(describeChanges(changes)).toBe(
    'builder.instance_type (was "m5", is "m6"), provisioners[0].inline[0] (was "true"), file a',
  );
});

it('of a long value the places that differ are shown, unless they are many', () => {
  const made = (...sizes: number[]) => ({
    ...target,
    parts: parts({ 'builder.launch_block_device_mappings': JSON.stringify(sizes) }),
    packer: {
      builder: 'amazon-ebs' as const,
      options: {
        launch_block_device_mappings: sizes.map((volume_size, index) => ({
          device_name: `/dev/sd${'abcdefgh'[index]}`,
          volume_size,
          volume_type: 'gp3',
          delete_on_termination: true,
        })),
      },
      provisioners: [],
    },
  });
  const whole = [{ part: 'builder.launch_block_device_mappings' }];
  expect(changesBetween(made(8, 20, 30), made(8, 40, 30))).toEqual([
    { part: 'builder.launch_block_device_mappings[1].volume_size', was: '20', now: '40' },
  ]);
  expect(changesBetween(made(1, 2, 3, 4), made(5, 6, 7, 8))).toEqual(whole);
  expect(changesBetween(made(8, 20), made(8, 20, 30))).toEqual(whole);
});
