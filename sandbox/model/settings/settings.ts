import { accountRule } from './account-rule.ts';
import { choice, count, either, list, object, remark, type Static, seconds, text } from './schema-parts.ts';

/** Kinds of resources that lookups can miss for a while after they were created. */
export const laggingKinds = ['image', 'snapshot', 'instance', 'volume', 'securityGroup'] as const;

const durations = object(
  'How long things take, in seconds. 0 means ready at the first lookup.',
  {},
  {
    instanceStart: seconds('From "pending" to "running".'),
    instanceStop: seconds('From "stopping" to "stopped".'),
    instanceEnd: seconds('From "shutting-down" to "terminated".'),
    image: seconds('Until an image created from an instance, with its snapshots, is available.'),
    copy: seconds('Until a copy of an image or a snapshot is available.'),
    parameter: seconds('Until a parameter with the id of an AMI is validated and visible.'),
  },
);

const consistency = object(
  'How late EC2 shows new resources.',
  {},
  {
    hiddenReads: count('How many calls miss a new resource.'),
    flaps: count('How often it is then seen once and missed again, before it stays visible.'),
    missesPerFlap: count('How many calls in a row miss it each time.', 1),
    kinds: list('Which kinds of resources are affected.', choice('A kind of resource.', laggingKinds), {
      expected: 'a list of kinds, such as ["image"]',
    }),
  },
);

/** How a sandbox behaves, and how its accounts are set up. The schema file is generated from this. */
export const settingsSchema = object(
  "How a sandbox behaves, and how its accounts are set up: the file of 'gopackgo sandbox --settings' and of --sandbox-account.",
  {},
  {
    $schema: text('For editors: the path of this schema.', 'a path in quotes'),
    '//': remark,
    now: text('The time in the sandbox that these settings came from; it does not set the clock.'),
    speed: either(
      'How long things take: "quick" (everything is ready at once), "real" (about as long as on AWS), or seconds by kind.',
      [choice('All kinds at once.', ['quick', 'real']), durations],
      '"quick", "real" or seconds by kind, such as {"image": 70}',
    ),
    consistency,
    requestRates: choice("Whether AWS's request rates are enforced.", ['enforced', 'off']),
    accounts: list('How accounts are set up, in order; later rules win.', accountRule, {
      expected: 'a list of rules',
    }),
  },
  'settings: an object in {}',
);

/** The settings as written in the file. */
export type WrittenSettings = Static<typeof settingsSchema>;
