import { randomUUID } from 'node:crypto';
import type { MessageAttributeValue, PublishInput, PublishResponse } from '@aws-sdk/client-sns';
import { type Operation, operation } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import { invalidParameter, nameInArn, topicNamed } from './topics.ts';

/** "At most 256 KB in size (262,144 bytes, not 262,144 characters)", attributes included (Publish; "Amazon SNS message attributes"). */
const mostBytes = 262_144;

export const publishOperations: Record<string, Operation> = {
  /** Topics have no subscriptions here: a message is checked, gets its id, and appears only in the call log. */
  Publish: operation<PublishInput, PublishResponse>(
    ['TopicArn', 'Message', 'Subject', 'MessageAttributes'],
    (context, { TopicArn, Message = '', Subject, MessageAttributes = {} }) => {
      if (TopicArn === undefined)
        throw invalidParameter('TopicArn or TargetArn Reason: no value for required parameter');
      const name = nameInArn(context, TopicArn, 'Publish');
      if (!topicNamed(context, name)) throw new AwsError('NotFound', 'Topic does not exist', 404);
      if (Message === '') throw invalidParameter('Empty message');
      if (Subject !== undefined && !isSubject(Subject)) throw invalidParameter('Subject');
      for (const [key, value] of Object.entries(MessageAttributes)) checkAttribute(key, value);
      if (sizeOf(Message, MessageAttributes) > mostBytes) throw invalidParameter('Message too long');
      return { MessageId: randomUUID() };
    },
  ),
};

/** "ASCII text that begins with a letter, number, or punctuation mark; must not include line breaks or control characters; and must be less than 100 characters long" (Publish). */
const isSubject = (subject: string): boolean => /^[\x21-\x7e][\x20-\x7e]{0,98}$/.test(subject);

/** Names, types and values follow "Amazon SNS message attributes"; a type may have a custom label: `Number.int`. */
const checkAttribute = (
  name: string,
  { DataType = '', StringValue, BinaryValue }: MessageAttributeValue,
): void => {
  const refuse = (why: string) =>
    new AwsError('ParameterValueInvalid', `The message attribute '${name}' ${why}`);
  if (!/^(?!(?:AWS|Amazon)\.)(?!\.)(?!.*\.\.)[\w.-]{1,256}(?<!\.)$/i.test(name)) {
    throw refuse('has an invalid message attribute name');
  }
  const [type] = DataType.split('.');
  if (!['String', 'Number', 'Binary'].includes(type ?? '')) {
    throw refuse(
      'has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.',
    );
  }
  const value = type === 'Binary' ? BinaryValue : StringValue;
  if (value === undefined || value.length === 0) {
    throw refuse(`must contain non-empty message attribute value for message attribute type '${DataType}'.`);
  }
  if (type === 'Number' && !/^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(StringValue ?? '')) {
    throw refuse('could not cast message attribute value to number.');
  }
};

const sizeOf = (message: string, attributes: Record<string, MessageAttributeValue>): number =>
  Object.entries(attributes).reduce(
    (sum, [name, { DataType = '', StringValue = '', BinaryValue }]) =>
      sum + Buffer.byteLength(`${name}${DataType}${StringValue}`) + (BinaryValue?.length ?? 0),
    Buffer.byteLength(message),
  );
