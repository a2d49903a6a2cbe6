import type { Schema } from '../lib/validate-shape.ts';

const days = (description: string) =>
  ({
    type: 'string',
    pattern: '^[1-9][0-9]{0,3}[dw]$',
    description,
    expected: 'a length of time in days or weeks, such as "365d" or "26w"',
  }) as const satisfies Schema;

/** The part of a config that applies after a release is published. */
export const lifecycleProperties = {
  promote: {
    type: 'boolean',
    default: true,
    description:
      'Whether publish points files, and parameters without {version}, at a release when it is first complete. It does by ' +
      'default; with false, only "gopackgo promote" does.',
    expected: 'true or false',
  },
  deprecateAfter: days(
    'How long after its creation an AMI is deprecated: after that, EC2 shows it to others only on request. At most 10 years; 2 years for ' +
      'public AMIs.',
  ),
  deregistrationProtection: {
    type: 'boolean',
    description:
      'Whether deregistration protection of the AMIs is on once they are published. By default it is left as it is.',
    expected: 'true or false',
  },
  sharedTags: {
    type: 'boolean',
    description:
      'Whether tags of published AMIs, which all who may use them can read, say which release it is, whether it is current, superseded or ' +
      'yanked and why, what replaces it, and its end of life (docs/lifecycle.md). Absent: they are left as they are.',
    expected: 'true or false',
  },
  supersede: {
    type: 'object',
    properties: {
      deprecateAfter: days(
        'When an AMI is deprecated: this long after another release was promoted in its place.',
      ),
    },
    required: ['deprecateAfter'],
    additionalProperties: false,
    description: 'What happens to the AMIs that records name when another release is promoted.',
    expected: 'an object, such as {"deprecateAfter": "30d"}',
  },
} as const satisfies Record<string, Schema>;
