import type {
  AddTagsToResourceRequest,
  ListTagsForResourceRequest,
  ListTagsForResourceResult,
  RemoveTagsFromResourceRequest,
  Tag,
} from '@aws-sdk/client-ssm';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { AwsError, notImplemented } from '../model/aws-error.ts';
import type { ParameterRecord } from '../model/records.ts';
import { keyOf, ownParameter } from '../state/parameters.ts';

const mostTags = 50;

/** Tags of a request, checked by Systems Manager's rules (API Reference, "Tag"). */
export const parameterTags = (tags: Tag[] | undefined): Record<string, string> => {
  const read = new Map<string, string>();
  for (const { Key: key = '', Value: value = '' } of tags ?? []) {
    const allowed = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
    if (
      key.length < 1 ||
      key.length > 128 ||
      value.length > 256 ||
      !allowed.test(key) ||
      !allowed.test(value)
    ) {
      throw new AwsError('ValidationException', `1 validation error detected: the tag ${key} is not valid.`);
    }
    if (/^aws:/i.test(key)) {
      throw new AwsError('ValidationException', `Tag keys that begin with aws: are reserved: ${key}.`);
    }
    read.set(key, value);
  }
  if (read.size > mostTags) throw tooMany();
  return Object.fromEntries(read);
};

const tooMany = () => new AwsError('TooManyTagsError', `A resource can have at most ${mostTags} tags.`);

/** The parameter that a request means, as it is seen now. Throws for one that there is not. */
const asked = (
  context: Context,
  { ResourceType, ResourceId = '' }: Pick<AddTagsToResourceRequest, 'ResourceType' | 'ResourceId'>,
): ParameterRecord => {
  if (ResourceType !== 'Parameter') throw notImplemented(`ssm tags of the resource type ${ResourceType}`);
  const found = ownParameter(context, ResourceId);
  if (!found) throw new AwsError('InvalidResourceId', `The resource ID "${ResourceId}" is not valid.`);
  return found;
};

/** Tags are the parameter's, whatever its versions; one whose new value is still validated has them at once. */
const put = (context: Context, { name }: ParameterRecord, tags: Record<string, string>): void => {
  const parameters = context.store.of('parameter', context.account, context.region);
  const record = parameters.get(keyOf(name));
  if (!record) return;
  const { before } = record;
  parameters.put(keyOf(name), { ...record, tags, ...(before ? { before: { ...before, tags } } : {}) });
};

export const parameterTagOperations: Record<string, Operation> = {
  AddTagsToResource: operation<AddTagsToResourceRequest, object>(
    ['ResourceType', 'ResourceId', 'Tags'],
    (context, { Tags, ...resource }) => {
      const parameter = asked(context, resource);
      const tags = { ...parameter.tags, ...parameterTags(Tags) };
      if (Object.keys(tags).length > mostTags) throw tooMany();
      put(context, parameter, tags);
      return {};
    },
  ),

  RemoveTagsFromResource: operation<RemoveTagsFromResourceRequest, object>(
    ['ResourceType', 'ResourceId', 'TagKeys'],
    (context, { TagKeys = [], ...resource }) => {
      const parameter = asked(context, resource);
      const kept = Object.entries(parameter.tags ?? {}).filter(([key]) => !TagKeys.includes(key));
      put(context, parameter, Object.fromEntries(kept));
      return {};
    },
  ),

  ListTagsForResource: operation<ListTagsForResourceRequest, ListTagsForResourceResult>(
    ['ResourceType', 'ResourceId'],
    (context, resource) => ({
      TagList: Object.entries(asked(context, resource).tags ?? {}).map(([Key, Value]) => ({ Key, Value })),
    }),
  ),
};
