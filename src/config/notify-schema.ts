import type { Schema } from '../lib/validate-shape.ts';
import { outcomes } from '../model/notification-output.ts';
import { notificationFormats } from '../model/publication.ts';
import { orVariable } from './schema-parts.ts';

/** The required form of a channel's texts, once variables are filled in. */
export const notifyTextPatterns = {
  webhook: {
    pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
    expected: 'the name of an environment variable that holds the URL, such as "SLACK_WEBHOOK"',
  },
  sns: {
    pattern: '^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}(\\.fifo)?$',
    expected: 'the ARN of an SNS topic, such as "arn:aws:sns:us-east-1:123456789012:images"',
  },
  command: { pattern: '^.', expected: 'a text that is not empty' },
} as const;

const { webhook, sns, command } = notifyTextPatterns;

const channel = {
  type: 'object',
  properties: {
    on: {
      type: 'array',
      minItems: 1,
      uniqueItems: true,
      items: {
        type: 'string',
        enum: outcomes,
        expected: outcomes.map((outcome) => `"${outcome}"`).join(', '),
      },
      description: 'The outcomes to send; all of them by default.',
      expected: 'a list of outcomes, such as ["published", "failed"]',
    },
    webhook: {
      type: 'string',
      pattern: orVariable(webhook.pattern),
      writeOnly: true,
      description:
        'The name of an environment variable that holds the URL of a webhook. The URL is a secret: it does not belong in a config.',
      expected: webhook.expected,
    },
    format: {
      type: 'string',
      enum: notificationFormats,
      default: 'json',
      description:
        'The format of the message: "json" (docs/notification.schema.json), or "slack" for Slack\'s incoming webhooks and those that accept the same.',
      expected: notificationFormats.map((format) => `"${format}"`).join(', '),
    },
    sns: {
      type: 'string',
      pattern: orVariable(sns.pattern),
      description: 'The ARN of an SNS topic to publish to, with the credentials of the run.',
      expected: sns.expected,
    },
    command: {
      type: 'array',
      minItems: 1,
      items: { type: 'string', minLength: 1, expected: command.expected },
      description:
        'A program and its arguments, without a shell. It gets the JSON on stdin and no AWS credentials, and is killed after a minute. A relative path is relative to the folder of this file.',
      expected: 'a list of a program and its arguments, such as ["./after.sh"]',
    },
  },
  additionalProperties: false,
  expected: 'an object, such as {"webhook": "SLACK_WEBHOOK", "format": "slack"}',
} as const satisfies Schema;

export const notifySchema = {
  type: 'array',
  uniqueItems: true,
  items: channel,
  description:
    'Who gets the outcome of a release: each has one of "webhook", "sns" and "command". If one fails, you get a warning (docs/notify.md).',
  expected: 'a list, such as [{"webhook": "SLACK_WEBHOOK", "format": "slack"}]',
} as const satisfies Schema;
