import type {
  CreateTopicInput,
  CreateTopicResponse,
  DeleteTopicInput,
  ListTopicsInput,
  ListTopicsResponse,
} from '@aws-sdk/client-sns';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { pageOf } from '../calls/pages.ts';
import { AwsError, notImplemented } from '../model/aws-error.ts';
import type { TopicRecord } from '../model/records.ts';

export const invalidParameter = (what: string): AwsError =>
  new AwsError('InvalidParameter', `Invalid parameter: ${what}`);

type Place = Pick<Context, 'account' | 'region'>;

const arnOf = ({ region, account }: Place, name: string): string =>
  `arn:aws:sns:${region}:${account}:${name}`;

/**
 * The name in the ARN of a topic of the caller's account and region. Throws `InvalidParameter` for anything that is not the ARN
 * of a topic here, and `AuthorizationError` for another account's: no topic of the sandbox has a policy that allows others to
 * use it.
 */
export const nameInArn = ({ region, account, caller }: Context, arn: string, action: string): string => {
  const [, its, owner, name] = /^arn:aws:sns:([a-z0-9-]+):(\d{12}):([A-Za-z0-9_-]{1,256})$/.exec(arn) ?? [];
  if (name === undefined || its !== region) throw invalidParameter('TopicArn');
  if (owner === account) return name;
  throw new AwsError(
    'AuthorizationError',
    `User: ${caller.arn} is not authorized to perform: SNS:${action} on resource: ${arn}`,
    403,
  );
};

export const topicNamed = ({ store, account, region }: Context, name: string): TopicRecord | undefined =>
  store.of('topic', account, region).get(name);

export const topicOperations: Record<string, Operation> = {
  /** Creates the topic, or returns the existing one unchanged (CreateTopic). */
  CreateTopic: operation<CreateTopicInput, CreateTopicResponse>(['Name'], (context, { Name = '' }) => {
    if (Name.endsWith('.fifo')) throw notImplemented('sns:CreateTopic of a FIFO topic');
    if (!/^[A-Za-z0-9_-]{1,256}$/.test(Name)) throw invalidParameter('Topic Name');
    const { store, account, region } = context;
    store.of('topic', account, region).put(Name, { name: Name });
    return { TopicArn: arnOf(context, Name) };
  }),

  /** "Deleting a topic that does not exist does not result in an error" (DeleteTopic). */
  DeleteTopic: operation<DeleteTopicInput, object>(['TopicArn'], (context, { TopicArn = '' }) => {
    const { store, account, region } = context;
    store.of('topic', account, region).delete(nameInArn(context, TopicArn, 'DeleteTopic'));
    return {};
  }),

  /** A hundred per page (ListTopics). */
  ListTopics: operation<ListTopicsInput, ListTopicsResponse>(['NextToken'], (context, { NextToken }) => {
    const { store, account, region } = context;
    const page = { MaxResults: 100, NextToken };
    const topics = store.of('topic', account, region).list();
    try {
      const { items, next } = pageOf('ListTopics', topics, ({ name }) => name, page);
      return { Topics: items.map(({ name }) => ({ TopicArn: arnOf(context, name) })), NextToken: next };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw invalidParameter('NextToken');
    }
  }),
};
