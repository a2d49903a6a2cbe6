import {
  CreateTopicCommand,
  DeleteTopicCommand,
  ListTopicsCommand,
  type MessageAttributeValue,
  PublishCommand,
  type PublishCommandInput,
} from '@aws-sdk/client-sns';
import { expect, test } from 'vitest';
import { defaultAccount, otherAccount } from '../model/accounts.ts';
import { createWorld, errorOf, type World } from '../testing/world.ts';

const TopicArn = `arn:aws:sns:us-east-1:${defaultAccount.id}:images`;

const withTopic = async (): Promise<World> => {
  const world = createWorld();
  expect(await world.sns().send(new CreateTopicCommand({ Name: 'images' }))).toMatchObject({ TopicArn });
  return world;
};

test('a message to a topic gets an id, and is in the call log with its attributes', async () => {
  const world = await withTopic();
  const message = {
    TopicArn,
    Message: '{"outcome":"published"}',
    Subject: 'web@1.0.0: published',
    MessageAttributes: { outcome: { DataType: 'String', StringValue: 'published' } },
  };
  const first = await world.sns().send(new PublishCommand(message));
  const second = await world.sns().send(new PublishCommand(message));
  expect(first.MessageId).toMatch(/^[0-9a-f-]{36}$/);
  expect(second.MessageId).not.toBe(first.MessageId);
  expect(world.aws.calls().at(-1)).toMatchObject({ service: 'sns', operation: 'Publish', input: message });
});

test('topics belong to a region and an account, are stored, and may be created twice and deleted twice', async () => {
  const world = await withTopic();
  const again = createWorld({ folder: world.folder });
  const arns = async (options = {}) =>
    ((await again.sns(options).send(new ListTopicsCommand({}))).Topics ?? []).map((topic) => topic.TopicArn);
  await again.sns().send(new CreateTopicCommand({ Name: 'images' }));
  expect(await arns()).toEqual([TopicArn]);
  expect(await arns({ region: 'eu-west-1' })).toEqual([]);
  expect(await arns({ account: otherAccount })).toEqual([]);
  for (const _ of [1, 2]) await again.sns().send(new DeleteTopicCommand({ TopicArn }));
  expect(await arns()).toEqual([]);
  expect(await errorOf(again.sns().send(new PublishCommand({ TopicArn, Message: 'x' })))).toBe(
    'NotFoundException',
  );
});

test('topics are listed a hundred at a time', async () => {
  const world = createWorld();
  const names = Array.from({ length: 101 }, (_, index) => `topic-${String(index).padStart(3, '0')}`);
  for (const Name of names) await world.sns().send(new CreateTopicCommand({ Name }));
  const first = await world.sns().send(new ListTopicsCommand({}));
  expect(first.Topics).toHaveLength(100);
  const second = await world.sns().send(new ListTopicsCommand({ NextToken: first.NextToken }));
  expect(second.Topics).toEqual([{ TopicArn: TopicArn.replace('images', 'topic-100') }]);
  expect(await errorOf(world.sns().send(new ListTopicsCommand({ NextToken: 'x' })))).toBe(
    'InvalidParameterException',
  );
});

const attribute = (name: string, value: MessageAttributeValue) => ({ MessageAttributes: { [name]: value } });

test.each<[what: string, change: Partial<PublishCommandInput>, code: string]>([
  ['no topic', { TopicArn: undefined }, 'InvalidParameterException'],
  ['a missing topic', { TopicArn: `${TopicArn}2` }, 'NotFoundException'],
  [
    'a topic of another region',
    { TopicArn: TopicArn.replace('us-east-1', 'eu-west-1') },
    'InvalidParameterException',
  ],
  ['a subscription', { TopicArn: `${TopicArn}:1234` }, 'InvalidParameterException'],
  [
    'another account’s',
    { TopicArn: TopicArn.replace(defaultAccount.id, otherAccount.id) },
    'AuthorizationErrorException',
  ],
  ['an empty message', { Message: '' }, 'InvalidParameterException'],
  ['a message that is too long', { Message: 'ä'.repeat(131_073) }, 'InvalidParameterException'],
  ['a subject of two lines', { Subject: 'a\nb' }, 'InvalidParameterException'],
  ['a subject that is too long', { Subject: 'a'.repeat(100) }, 'InvalidParameterException'],
  ['a subject that is not ASCII', { Subject: 'ä' }, 'InvalidParameterException'],
  [
    'an empty attribute',
    attribute('a', { DataType: 'String', StringValue: '' }),
    'InvalidParameterValueException',
  ],
  [
    'an unknown type',
    attribute('a', { DataType: 'Text', StringValue: 'x' }),
    'InvalidParameterValueException',
  ],
  ['no number', attribute('a', { DataType: 'Number', StringValue: 'x' }), 'InvalidParameterValueException'],
  [
    'a reserved name',
    attribute('AWS.a', { DataType: 'String', StringValue: 'x' }),
    'InvalidParameterValueException',
  ],
  ['a phone number', { PhoneNumber: '+15550100' }, 'NotImplementedBySandbox'],
  ['a group of a FIFO topic', { MessageGroupId: 'a' }, 'NotImplementedBySandbox'],
])('Publish with %s is refused', async (_, change, code) => {
  const world = await withTopic();
  const input = { TopicArn, Message: 'x', ...change };
  expect(await errorOf(world.sns().send(new PublishCommand(input)))).toBe(code);
});

test.each([
  ['a b', 'InvalidParameterException'],
  ['x'.repeat(257), 'InvalidParameterException'],
  ['images.fifo', 'NotImplementedBySandbox'],
])('a topic called %s is refused', async (Name, code) => {
  expect(await errorOf(createWorld().sns().send(new CreateTopicCommand({ Name })))).toBe(code);
});
