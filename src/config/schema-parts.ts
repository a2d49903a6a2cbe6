import { variableName } from '../lib/placeholders.ts';
import type { Schema } from '../lib/validate-shape.ts';
import { kmsKeyForm } from '../model/kms-key.ts';

/** Characters that tags, folder names, key pair names and AMI names all allow. */
export const plainName = '^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$';

const timestamp = String.raw`\{timestamp(?:\.(?:digits|epoch|date))?\}`;

/** A version before `{timestamp}` is filled in: two dots in a row are a typo, such as 1..0. */
export const plainNameOrTimestamp = `^(?!.*\\.\\.)(?:[A-Za-z0-9]|${timestamp})(?:[A-Za-z0-9._-]|${timestamp}){0,59}$`;

/** A text with a variable, which is checked once its value is known. */
export const orVariable = (pattern: string) => `${pattern}|\\{var\\.${variableName}\\}`;

/** The same for any placeholder. */
const orPlaceholder = (pattern: string) => `${pattern}|\\{[A-Za-z][A-Za-z0-9_.]*\\}`;

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

const kmsKey = {
  type: 'string',
  pattern: orPlaceholder(kmsKeyForm.pattern),
  expected: kmsKeyForm.expected,
} as const satisfies Schema;

/** The encryption settings of a publication or an image, besides true and false. */
const encryptionProperties = {
  kmsKey: {
    ...kmsKey,
    type: ['string', 'object'],
    minProperties: 1,
    propertyNames: {
      pattern: regionPattern,
      expected: 'a region as AWS writes it, such as "us-east-1"',
    },
    additionalProperties: kmsKey,
    description:
      'The KMS key: an alias that each region has, such as "alias/images", or a key for each region, such as ' +
      '{"us-east-1": "alias/images", "eu-west-1": "alias/images-eu"}. Placeholders: {region}, {image}, {publication}, ' +
      '{architecture}, {virtualization}, {var.NAME} and the variables of the matrix.',
    expected: `${kmsKey.expected}; or an object with one for each region`,
  },
} as const satisfies Record<string, Schema>;

export const encryption = (whose: string, otherwise: string) =>
  ({
    type: ['boolean', 'object'],
    properties: encryptionProperties,
    required: ['kmsKey'],
    additionalProperties: false,
    description:
      `Whether the volumes of ${whose} are encrypted: true, with the default key that EBS has in the account and region; or ` +
      `{"kmsKey": "alias/images"}. ${otherwise}`,
    expected: 'true, false, or an object such as {"kmsKey": "alias/images"}',
  }) as const satisfies Schema;

export const copyFrom = (what: string, otherwise: string) =>
  ({
    type: 'string',
    pattern: regionPattern,
    description: `The only region that ${what} built in; the other regions get copies of the AMIs. ${otherwise}`,
    expected: 'a region as AWS writes it, such as "us-east-1"',
  }) as const satisfies Schema;

export const copyWithin = () =>
  ({
    type: 'string',
    pattern: '^[1-9][0-9]{0,3}[mh]$',
    description:
      'How long a copy may take (time-based copies, which AWS charges for): "15m" to "48h", in steps of 15 minutes.',
    expected: 'a length of time in steps of 15 minutes, such as "30m" or "4h"',
  }) as const satisfies Schema;
