import type { Schema } from '../lib/validate-shape.ts';

/** What tags, folder names, key pair names and AMI names all allow. */
export const plainName = '^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$';

const timestamp = String.raw`\{timestamp(?:\.(?:digits|epoch|date))?\}`;

/** A version before `{timestamp}` is filled in: two dots in a row are a typo, such as 1..0. */
export const plainNameOrTimestamp = `^(?!.*\\.\\.)(?:[A-Za-z0-9]|${timestamp})(?:[A-Za-z0-9._-]|${timestamp}){0,59}$`;

/** A text that is not empty. */
export const name = (description: string, expected: string) =>
  ({ type: 'string', minLength: 1, description, expected }) as const satisfies Schema;

export const builderOptions = (description: string) =>
  ({
    type: 'object',
    description,
    expected: 'an object of options of Packer\'s builder, such as {"instance_type": "m5.large"}',
  }) as const satisfies Schema;

export const regionPattern = '^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$';

export const copyFrom = (what: string, otherwise: string) =>
  ({
    type: 'string',
    pattern: regionPattern,
    description: `The region that ${what} built in alone: the other regions get copies of the AMIs. ${otherwise}`,
    expected: 'a region as AWS writes it, such as "us-east-1"',
  }) as const satisfies Schema;

export const copyWithin = () =>
  ({
    type: 'string',
    pattern: '^[1-9][0-9]{0,3}[mh]$',
    description:
      'How long a copy may take, for which AWS charges (time-based copies): "15m" to "48h", in steps of 15 minutes.',
    expected: 'a length of time in steps of 15 minutes, such as "30m" or "4h"',
  }) as const satisfies Schema;
