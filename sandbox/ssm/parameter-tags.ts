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

/** Tags per resource ("Tagging Systems Manager resources"). */
const mostTags = 50;

/** Letters, spaces and digits of any script, and these characters (`Tag`, Systems Manager API Reference). */
const isAllowed = (text: string): boolean => /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(text);

const invalid = (at: string, rule: string): AwsError =>
  new AwsError(
    'ValidationException',
    `1 validation error detected: Value at '${at}' failed to satisfy constraint: Member must ${rule}`,
  );

/** Adds tags to the existing ones, by key. Throws `ValidationException`, and `TooManyTagsError` beyond 50. */
export const withTags = (
  before: Record<string, string> | undefined,
  tags: readonly Tag[],
): Record<string, string> => {
  const given = new Set<string>();
  for (const { Key = '', Value = '' } of tags) {
    if (Key.length < 1 || Key.length > 128) throw invalid('tags.member.key', 'have length between 1 and 128');
    if (Value.length > 256) throw invalid('tags.member.value', 'have length less than or equal to 256');
    if (!isAllowed(Key) || !isAllowed(Value))
      throw invalid('tags', 'satisfy regular expression pattern: ^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$');
    if (/^aws:/i.test(Key)) throw invalid('tags.member.key', 'not begin with aws:, which is reserved');
    if (given.has(Key)) throw invalid('tags', `not name ${Key} twice`);
    given.add(Key);
  }
  const all = {
    ...before,
    ...Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value])),
  };
  if (Object.keys(all).length > mostTags) {
    throw new AwsError('TooManyTagsError', `A parameter has at most ${mostTags} tags.`);
  }
  return all;
};

const types = [
  'Document',
  'ManagedInstance',
  'MaintenanceWindow',
  'Parameter',
  'PatchBaseline',
  'OpsItem',
  'OpsMetadata',
  'Automation',
  'Association',
];

/** The parameter that a request names. Throws `InvalidResourceType` and `InvalidResourceId`. */
const named = (
  context: Context,
  {
    ResourceType = '',
    ResourceId = '',
  }: { ResourceType?: string | undefined; ResourceId?: string | undefined },
): ParameterRecord => {
  if (!types.includes(ResourceType)) {
    throw invalid('resourceType', `satisfy enum value set: [${types.join(', ')}]`);
  }
  if (ResourceType !== 'Parameter') throw notImplemented(`tags of ssm's ${ResourceType}`);
  const found = ownParameter(context, ResourceId);
  if (!found) throw new AwsError('InvalidResourceId', `The resource ID ${ResourceId} isn't valid.`);
  return found;
};

/** Tags belong to the parameter, not to a version; a parameter whose new value is still being validated gets them at once. */
const change = (context: Context, { name }: ParameterRecord, tags: Record<string, string>): object => {
  const parameters = context.store.of('parameter', context.account, context.region);
  const record = parameters.get(keyOf(name));
  if (!record) return {};
  const { before } = record;
  parameters.put(keyOf(name), { ...record, tags, ...(before ? { before: { ...before, tags } } : {}) });
  return {};
};

export const parameterTagOperations: Record<string, Operation> = {
  ListTagsForResource: operation<ListTagsForResourceRequest, ListTagsForResourceResult>(
    ['ResourceType', 'ResourceId'],
    (context, input) => ({
      TagList: Object.entries(named(context, input).tags ?? {}).map(([Key, Value]) => ({ Key, Value })),
    }),
  ),

  AddTagsToResource: operation<AddTagsToResourceRequest, object>(
    ['ResourceType', 'ResourceId', 'Tags'],
    (context, input) => {
      const parameter = named(context, input);
      return change(context, parameter, withTags(parameter.tags, input.Tags ?? []));
    },
  ),

  /** A missing key is no error. */
  RemoveTagsFromResource: operation<RemoveTagsFromResourceRequest, object>(
    ['ResourceType', 'ResourceId', 'TagKeys'],
    (context, input) => {
      const parameter = named(context, input);
      const kept = Object.entries(parameter.tags ?? {}).filter(([key]) => !input.TagKeys?.includes(key));
      return change(context, parameter, Object.fromEntries(kept));
    },
  ),
};
