import {
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeImagesCommand,
  DescribeTagsCommand,
  paginateDescribeTags,
  type Tag,
} from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { otherAccount } from '../model/accounts.ts';
import { canonicalImage, makeImage } from '../testing/images.ts';
import { createWorld, errorOf, type World } from '../testing/world.ts';

const numbered = (count: number, prefix = 'k'): Tag[] =>
  Array.from({ length: count }, (_, index) => ({ Key: `${prefix}${index}`, Value: '' }));

const setup = async (): Promise<{
  world: World;
  id: string;
  tag(tags: Tag[]): Promise<unknown>;
  tags(): Promise<Record<string, string>>;
}> => {
  const world = createWorld();
  const { id } = await makeImage(world, 'tagged');
  return {
    world,
    id,
    tag: (Tags) => world.ec2().send(new CreateTagsCommand({ Resources: [id], Tags })),
    tags: async () => {
      const { Images } = await world.ec2().send(new DescribeImagesCommand({ ImageIds: [id] }));
      return Object.fromEntries((Images?.[0]?.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
    },
  };
};

test.each<[string, Tag[]]>([
  ['InvalidParameterValue', [{ Key: 'aws:mine', Value: '' }]],
  ['InvalidParameterValue', [{ Key: 'k'.repeat(129), Value: '' }]],
  ['InvalidParameterValue', [{ Key: 'k', Value: 'v'.repeat(257) }]],
  [
    'InvalidParameterValue',
    [
      { Key: 'k', Value: '1' },
      { Key: 'k', Value: '2' },
    ],
  ],
  ['TagLimitExceeded', numbered(51)],
])('CreateTags is refused with %s, and no tag is set', async (code, wanted) => {
  const { tag, tags } = await setup();
  expect(await errorOf(tag(wanted))).toBe(code);
  expect(await tags()).toEqual({});
});

test('a resource has at most fifty tags, across all calls', async () => {
  const { tag, tags } = await setup();
  await tag(numbered(50));
  await tag([{ Key: 'k0', Value: 'again' }]);
  expect(await errorOf(tag([{ Key: 'another', Value: '' }]))).toBe('TagLimitExceeded');
  expect(Object.keys(await tags())).toHaveLength(50);
});

test('if one of several resources is missing, none is tagged', async () => {
  const { world, id, tags } = await setup();
  const both = new CreateTagsCommand({ Resources: [id, 'snap-0123456789abcdef0'], Tags: numbered(1) });
  expect(await errorOf(world.ec2().send(both))).toBe('InvalidSnapshot.NotFound');
  expect(await tags()).toEqual({});
});

test('tags are deleted by key, by key and value, or all', async () => {
  const { world, id, tag, tags } = await setup();
  await tag([
    { Key: 'a', Value: '1' },
    { Key: 'b', Value: '2' },
    { Key: 'c', Value: '3' },
  ]);
  const remove = (Tags?: Tag[]) => world.ec2().send(new DeleteTagsCommand({ Resources: [id], Tags }));
  await remove([{ Key: 'a' }, { Key: 'b', Value: 'other' }]);
  expect(await tags()).toEqual({ b: '2', c: '3' });
  await remove([{ Key: 'b', Value: '2' }]);
  expect(await tags()).toEqual({ c: '3' });
  await remove();
  expect(await tags()).toEqual({});
});

test('only the account that set tags on somebody else’s image sees them', async () => {
  const world = createWorld();
  const id = await canonicalImage(world);
  await world.ec2().send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'ours', Value: 'yes' }] }));
  const look = new DescribeImagesCommand({ Filters: [{ Name: 'tag:ours', Values: ['yes'] }] });
  expect((await world.ec2().send(look)).Images?.map(({ ImageId }) => ImageId)).toEqual([id]);
  expect((await world.ec2({ account: otherAccount }).send(look)).Images).toEqual([]);
});

test('DescribeTags pages through and filters', async () => {
  const { world, id, tag } = await setup();
  await tag(numbered(12));
  const keys: (string | undefined)[] = [];
  const filters = [{ Name: 'resource-type', Values: ['image'] }];
  for await (const { Tags = [] } of paginateDescribeTags(
    { client: world.ec2(), pageSize: 5 },
    { Filters: filters },
  )) {
    expect(Tags.length).toBeLessThanOrEqual(5);
    keys.push(...Tags.map(({ Key }) => Key));
  }
  expect(keys.sort()).toEqual(
    numbered(12)
      .map(({ Key }) => Key)
      .sort(),
  );
  const one = new DescribeTagsCommand({
    Filters: [
      { Name: 'resource-id', Values: [id] },
      { Name: 'key', Values: ['k1*'] },
    ],
  });
  expect((await world.ec2().send(one)).Tags?.map(({ Key }) => Key)).toEqual(['k1', 'k10', 'k11']);
});
