import { constant, count, flag, object, type Static } from '../lib/json-schema.ts';

/** The part of a config that applies after a release is published. */
export const lifecycle = object(
  'What the config says about the release after it is published. Absent: nothing.',
  {},
  {
    promote: constant(
      'Always false: publish does not move records to the release ("promote"). Absent: it does.',
      false,
    ),
    deprecateAfter: count('Days after its creation at which an AMI is deprecated.', 1),
    deregistrationProtection: flag('Whether deregistration protection of the AMIs is on.'),
    supersededAfter: count(
      'Days after another release was promoted in its place at which an AMI is deprecated.',
      1,
    ),
    sharedTags: flag(
      'Whether shared tags say what has become of the release to all who may use its AMIs. Absent: they are left as they are.',
    ),
  },
);

export type Lifecycle = Static<typeof lifecycle>;
