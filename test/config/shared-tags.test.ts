import { expect, it } from 'vitest';
import { read, refusal, withImage } from './a-config.ts';

const withTags = (tags: Record<string, string>, sharedTags?: boolean) => ({
  ...withImage({ builder: { instance_type: 'm5.large', tags } }),
  ...(sharedTags === undefined ? {} : { sharedTags }),
});

it('shared tags are written, removed, or left alone', () => {
  for (const sharedTags of [true, false])
    expect(read(withTags({}, sharedTags)).lifecycle).toEqual({ sharedTags });
  expect(read(withTags({})).lifecycle).toBeUndefined();
});

it('there must be room for them among the tags of an AMI', () => {
  const tags = Object.fromEntries(Array.from({ length: 37 }, (_, index) => [`Tag ${index}`, 'x']));
  expect(read(withTags(tags)).images).toHaveLength(1);
  expect(refusal(() => read(withTags(tags, true)))).toEqual([
    'configs/web.json: images[0].builder.tags: expected at most 50 tags on a resource, found 56, 19 of them set by gopackgo and Packer',
  ]);
});

it('the config may have other shared tags, but not those that gopackgo sets', () => {
  const own = { 'ec2:SharedTag/os': 'Ubuntu' };
  expect(read(withTags(own, true)).images).toHaveLength(1);
  const same = { ...own, 'ec2:SharedTag/lifecycle': 'approved' };
  expect(read(withTags(same)).images).toHaveLength(1);
  expect(refusal(() => read(withTags(same, true)))).toEqual([
    'configs/web.json: images[0].builder.tags["ec2:SharedTag/lifecycle"]: expected a tag that "sharedTags" does not set, found "ec2:SharedTag/lifecycle". Give it another name.',
  ]);
});
