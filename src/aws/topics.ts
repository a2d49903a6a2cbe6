import type { Lookup } from '../model/lookup.ts';
import { ask } from './ask.ts';
import type { Clients } from './connection.ts';

/** How long publishing a message may take, with the SDK's own retries. Milliseconds. */
const publishLimit = 30_000;

/** A message to an SNS topic. */
export interface TopicMessage {
  /** The topic's ARN; its region is the one that is called. */
  topic: string;
  body: string;
  /** Shown by e-mail subscriptions. */
  subject: string;
  /** Attributes of the type String, which subscriptions can filter by. */
  attributes: Readonly<Record<string, string>>;
  /** Id of the message: a FIFO topic accepts an id only once in five minutes. */
  id: string;
  /** Messages of one group stay in order in a FIFO topic. */
  group: string;
}

/**
 * Publishes a message to a topic, which may be another account's. `MessageGroupId` and `MessageDeduplicationId` are for FIFO topics, whose
 * names end in `.fifo`; a standard topic refuses the latter. The subject is ASCII of less than 100 characters (SNS API reference,
 * Publish).
 */
export function publishToTopic(
  clients: Clients,
  { topic, body, subject, attributes, id, group }: TopicMessage,
): Promise<Lookup<void>> {
  const region = regionOfTopic(topic);
  return ask('sns:Publish', region, async () => {
    const { PublishCommand } = await import('@aws-sdk/client-sns');
    const command = new PublishCommand({
      TopicArn: topic,
      Message: body,
      Subject: subject.replace(/[^\x20-\x7e]/g, '?').slice(0, 99),
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
      ),
      ...(topic.endsWith('.fifo') ? { MessageGroupId: group, MessageDeduplicationId: id } : {}),
    });
    await (await clients.sns(region)).send(command, { abortSignal: AbortSignal.timeout(publishLimit) });
  });
}

/** `arn:aws:sns:us-east-1:123456789012:images` → `us-east-1` */
const regionOfTopic = (arn: string): string => arn.split(':')[3] ?? '';
