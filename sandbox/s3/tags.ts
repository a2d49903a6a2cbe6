import type { Tag } from '@aws-sdk/client-s3';
import { AwsError } from '../model/aws-error.ts';
import { invalidArgument } from './errors.ts';

/** How many tags an object or a bucket may have ("Categorizing your objects using tags", "Using cost allocation tags"). */
export const tagLimits = { object: 10, bucket: 50 };

const ofSystem: Record<number, string> = {
  [tagLimits.object]: 'Your TagKey cannot be prefixed with aws:',
  [tagLimits.bucket]: 'System tags cannot be added/updated by requester',
};

/** Letters, spaces and digits of any script, and these characters ("Categorizing your objects using tags"). */
const isAllowed = (text: string): boolean => /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(text);

/** Tags by key. Throws `InvalidTag` or `BadRequest` for tags that S3 does not allow. */
export const tagsFrom = (tags: readonly Tag[], limit: number): Record<string, string> => {
  const byKey = new Map<string, string>();
  for (const { Key = '', Value = '' } of tags) {
    if (byKey.has(Key)) throw invalidTag('Cannot provide multiple Tags with the same key', Key);
    if (Key === '' || Key.length > 128) throw invalidTag('The TagKey you have provided is invalid', Key);
    if (!isAllowed(Key)) throw invalidTag('The TagKey you have provided is invalid', Key);
    if (!isAllowed(Value)) throw invalidTag('The TagValue you have provided is invalid', Key);
    if (Value.length > 256) throw invalidTag('The TagValue you have provided is invalid', Key);
    if (/^aws:/i.test(Key)) throw invalidTag(ofSystem[limit] ?? '', Key);
    byKey.set(Key, Value);
  }
  if (byKey.size > limit) throw new AwsError('BadRequest', `Object tags cannot be greater than ${limit}`);
  return Object.fromEntries(byKey);
};

/** Tags in the format of the header `x-amz-tagging`: like a query. */
export const tagsFromHeader = (text: string): Record<string, string> => {
  const tags = [...new URLSearchParams(text)].map(([Key, Value]) => ({ Key, Value }));
  if (new Set(tags.map(({ Key }) => Key)).size < tags.length) {
    throw invalidArgument(
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
      'x-amz-tagging',
      text,
    );
  }
  return tagsFrom(tags, tagLimits.object);
};

export const tagView = (tags: Record<string, string> = {}): { Key: string; Value: string }[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

const invalidTag = (message: string, key: string): AwsError =>
  new AwsError('InvalidTag', message, { details: { TagKey: key } });
