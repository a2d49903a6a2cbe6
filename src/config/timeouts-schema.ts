import type { Schema } from '../lib/validate-shape.ts';
import type { Timeouts } from '../model/timeouts.ts';

const time = (description: string, example: string) =>
  ({
    type: 'string',
    pattern: '^(?:[1-9][0-9]{0,3}m|[1-9][0-9]?h)$',
    description,
    expected: `minutes or hours, such as "${example}"`,
  }) as const satisfies Schema;

export const timeouts = {
  type: 'object',
  properties: {
    build: time('How long Packer may take until AWS starts to make the AMI. 3h by default.', '8h'),
    ami: time(
      'How long AWS may take to make an AMI. Packer waits for 45m by default; with this, it waits that long, in addition to "build".',
      '10h',
    ),
    copy: time(
      'How long AWS may take to copy an AMI to another region. 4h by default, and no less than "copyWithin".',
      '8h',
    ),
  },
  additionalProperties: false,
  description: 'Time limits other than the usual ones, for large images.',
  expected: 'an object, such as {"build": "8h", "ami": "10h", "copy": "8h"}',
} as const satisfies Schema;

/** As written, `8h`, in seconds. */
export const timeoutsOf = (written: Partial<Record<keyof Timeouts, string>> = {}): Timeouts =>
  Object.fromEntries(
    Object.entries(written).map(([what, text]) => [
      what,
      Number.parseInt(text, 10) * (text.endsWith('h') ? 3600 : 60),
    ]),
  );
