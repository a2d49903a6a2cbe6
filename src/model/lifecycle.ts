import { constant, count, flag, object, type Static } from '../lib/json-schema.ts';

/** The part of a config that applies after a release is published. */
export const lifecycle = object(
  'The settings that apply after the release is published. Absent: none.',
  {},
  {
    promote: constant(
      'Always false: publish does not move records to the release ("promote"). Absent: it does.',
      false,
    ),
    deprecateAfter: count('How many days after its creation an AMI is deprecated.', 1),
    deregistrationProtection: flag('Whether deregistration protection of the AMIs is on.'),
    supersededAfter: count(
      'How many days after another release was promoted in its place an AMI is deprecated.',
      1,
    ),
    sharedTags: flag(
      'Whether shared tags show the status of the release to everyone who may use its AMIs. Absent: they stay unchanged.',
    ),
  },
);

export type Lifecycle = Static<typeof lifecycle>;
