import type { Tag, TagSpecification } from '@aws-sdk/client-ec2';
import type { Context } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import { standingNetwork } from './standing-network.ts';

/** A resource's tags as the calling account sees them. */
export const tagsOf = (context: Context, id: string): Record<string, string> =>
  context.store.of('tags', context.account, context.region).get(id) ??
  standingNetwork(context).tags[id] ??
  {};

/** All tags that the calling account has set or declared, by resource. */
export const allTags = (context: Context): [string, Record<string, string>][] => {
  const stored = context.store.entries('tags', context.account, context.region);
  const known = new Set(stored.map(([id]) => id));
  const declared = Object.entries(standingNetwork(context).tags).filter(([id]) => !known.has(id));
  return [...stored, ...declared];
};

export const tagListOf = (context: Context, id: string): Tag[] =>
  Object.entries(tagsOf(context, id)).map(([Key, Value]) => ({ Key, Value }));

/** Adds tags to a resource, overwriting tags with the same key. Throws `TagLimitExceeded` beyond 50. */
export const addTags = (context: Context, id: string, tags: Record<string, string>): void => {
  const all = { ...tagsOf(context, id), ...tags };
  if (Object.keys(all).length === 0) return;
  checkTagCount(id, all);
  context.store.of('tags', context.account, context.region).put(id, all);
};

/** Throws `TagLimitExceeded` for more tags than a resource may have ("Tag restrictions", EC2 User Guide). */
export const checkTagCount = (id: string, tags: Record<string, string>): void => {
  const count = Object.keys(tags).length;
  if (count > 50) {
    throw new AwsError('TagLimitExceeded', `More than 50 tags specified: ${id} would have ${count}`);
  }
};

export const dropTags = (context: Context, id: string): void => {
  const tags = context.store.of('tags', context.account, context.region);
  if (standingNetwork(context).tags[id]) tags.put(id, {});
  else if (tags.get(id)) tags.delete(id);
};

/** Tags of a request, checked by AWS's rules ("Tag restrictions", EC2 User Guide). */
export const readTags = (tags: Tag[] | undefined): Record<string, string> => {
  const read: Record<string, string> = {};
  for (const { Key: key = '', Value: value = '' } of tags ?? []) {
    if (key === '' || key.length > 128) {
      throw new AwsError(
        'InvalidParameterValue',
        `Tag key '${key.slice(0, 20)}' has ${key.length} characters; expected 1 to 128`,
      );
    }
    if (value.length > 256) {
      throw new AwsError('InvalidParameterValue', `Tag value exceeds the maximum length of 256 characters`);
    }
    if (key.toLowerCase().startsWith('aws:')) {
      throw new AwsError(
        'InvalidParameterValue',
        `Tag keys starting with 'aws:' are reserved for internal use`,
      );
    }
    if (Object.hasOwn(read, key)) {
      throw new AwsError('InvalidParameterValue', `Duplicate tag key '${key}' specified.`);
    }
    Object.defineProperty(read, key, { value, enumerable: true, writable: true, configurable: true });
  }
  return read;
};

/** The tags in a request's `TagSpecifications`, by resource type. Throws for a type that the operation does not create. */
export const readTagSpecifications = <T extends string>(
  specifications: TagSpecification[] | undefined,
  types: readonly T[],
): Record<T, Record<string, string>> => {
  const read = Object.fromEntries(types.map((type) => [type, {}])) as Record<T, Record<string, string>>;
  const seen = new Set<string>();
  for (const { ResourceType, Tags } of specifications ?? []) {
    const type = types.find((one) => one === ResourceType);
    if (!type) {
      throw new AwsError(
        'InvalidParameterValue',
        `'${ResourceType ?? 'null'}' is not a valid taggable resource type for this operation.`,
      );
    }
    if (seen.has(type)) {
      throw new AwsError('InvalidParameterValue', `Duplicate resource type '${type}' in tag specifications`);
    }
    seen.add(type);
    read[type] = readTags(Tags);
  }
  return read;
};
