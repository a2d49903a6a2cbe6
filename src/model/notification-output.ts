import type { Static } from '../lib/json-schema.ts';
import {
  amount,
  choice,
  constant,
  flag,
  list,
  object,
  schemaFileText,
  text,
  textLike,
} from '../lib/json-schema.ts';
import {
  account,
  ami,
  publication,
  region,
  release,
  status,
  target,
  texts,
  timestamp,
} from './output-parts.ts';

export const outcomes = ['published', 'partial', 'failed', 'yanked'] as const;

export const outcome = choice(
  '"published": the whole release exists, shared and recorded as the config says. "partial": the same but for best-effort ' +
    'regions. "failed": something required failed. "yanked": it was withdrawn.',
  outcomes,
);

export const notificationId = textLike(
  'The id of the outcome: the same whenever it is sent again, a new one for another outcome.',
  '^[0-9a-f]{64}$',
);

const notifiedTarget = object(
  'A target.',
  { name: target, region },
  {
    status,
    ami,
    bestEffort: constant('Always true: it is in a best-effort region. Absent: it is required.', true),
    error: text('Its error, in one sentence. Absent: none.'),
  },
);

/** The content of a message to a webhook, an SNS topic or a command of "notify". */
export const notification = object(
  'An outcome of a release, as "notify" in a config sends it.',
  {
    type: constant('The kind of this object.', 'notification'),
    format: constant('Raised when the meaning of a field changes.', 1),
    id: notificationId,
    outcome,
    time: timestamp('When it became known: ISO 8601, UTC.'),
    text: text('The same in one sentence.'),
    release,
    publication,
    version: text('The version.'),
    account,
    regions: texts('The regions of the targets.'),
    targets: list('Its targets, in the order of the plan.', notifiedTarget),
    shared: flag(
      'Whether the whole release is shared with exactly those in the config. False if that is nobody.',
    ),
    recorded: flag('Whether all record files of the config list the release. False if there are none.'),
    seconds: amount('How long the run took.'),
    next: texts('Commands to run next, each with its effect.'),
  },
  {
    candidate: constant('Always true: the version has a pre-release part. Absent: it has none.', true),
    rehearsal: constant('Always true: it was a rehearsal, in the sandbox. Absent: it was not.', true),
    commit: text(
      'The git commit that the AMIs were built from. Absent: the config has no git tag, or the commit is unknown.',
    ),
    tag: text('The git tag of the release. Absent: it has none.'),
    problems: texts(
      'Other errors: files, parameters, AMIs whose date or protection is not as the config says, the git tag. Absent: none.',
    ),
    reason: text('Why it was yanked. Absent for other outcomes.'),
  },
);

export type Outcome = (typeof outcomes)[number];

export type Notification = Static<typeof notification>;

/** The fields of a notification that do not follow from others. */
export type News = Omit<Notification, 'type' | 'format' | 'id' | 'time' | 'text'>;

/** The text of `docs/notification.schema.json`. */
export const notificationSchemaText = (): string =>
  schemaFileText(
    {
      $schema: 'http://json-schema.org/draft-07/schema#',
      title: 'What "notify" sends',
      ...notification,
    },
    { notifiedTarget },
  );
