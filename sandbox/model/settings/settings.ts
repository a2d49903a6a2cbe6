import { accountRule } from './account-rule.ts';
import { choice, count, either, list, object, remark, type Static, seconds, text } from './schema-parts.ts';

/** Kinds of resources that lookups can miss for a while after they were created. */
export const laggingKinds = ['image', 'snapshot', 'instance', 'volume', 'securityGroup'] as const;

const durations = object(
  'How long things take, in seconds. 0 is: at the first look.',
  {},
  {
    instanceStart: seconds('From "pending" to "running".'),
    instanceStop: seconds('From "stopping" to "stopped".'),
    instanceEnd: seconds('From "shutting-down" to "terminated".'),
    image: seconds('Until an image made of an instance, with its snapshots, can be used.'),
    copy: seconds('Until a copy of an image or a snapshot can be used.'),
    parameter: seconds("Until a parameter that holds an AMI's id is validated and there."),
  },
);

const consistency = object(
  'How late EC2 is to show what is new.',
  {},
  {
    hiddenReads: count('Calls that would have found a new thing and do not.'),
    flaps: count('How often it is then seen once and missed again, before it stays.'),
    missesPerFlap: count('How many calls in a row miss it each time.', 1),
    kinds: list('Of which things.', choice('A kind of thing.', laggingKinds), {
      expected: 'a list of kinds, such as ["image"]',
    }),
  },
);

/** How a sandbox behaves, and how its accounts are set up. The schema file is generated from this. */
export const settingsSchema = object(
  "How a sandbox acts beyond what it holds, and how its accounts are set up: the file of 'gopackgo sandbox --settings' and of --sandbox-account.",
  {},
  {
    $schema: text('For editors: the path of this schema.', 'a path in quotes'),
    '//': remark,
    now: text('What time it was in the sandbox whose settings these are; sets no clock.'),
    speed: either(
      'How long things take: "quick" (nothing has to be waited for), "real" (about as long as on AWS), or seconds by kind.',
      [choice('Both at once.', ['quick', 'real']), durations],
      '"quick", "real" or seconds by kind, such as {"image": 70}',
    ),
    consistency,
    requestRates: choice("Whether AWS's request rates are enforced.", ['enforced', 'off']),
    accounts: list('How accounts are set up, in order; a later rule wins.', accountRule, {
      expected: 'a list of rules',
    }),
  },
  'settings: an object in {}',
);

/** The settings as written in the file. */
export type WrittenSettings = Static<typeof settingsSchema>;
