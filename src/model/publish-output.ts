import {
  amount,
  choice,
  constant,
  count,
  described,
  flag,
  list,
  object,
  oneOf,
  text,
  textLike,
} from '../lib/json-schema.ts';
import { lifecycleOutcome } from './lifecycle-output.ts';
import { notificationId, outcome } from './notification-output.ts';
import {
  account,
  accountIds,
  ami,
  baseDeprecated,
  baseId,
  baseName,
  baseRelease,
  baseVia,
  checksMade,
  endpoint,
  failedCall,
  format,
  idOfAmi,
  loginUser,
  losesAccess,
  newerBase,
  organizationArns,
  parameterSeen,
  region,
  release,
  resourceKind,
  shownStatus,
  snapshotIds,
  snapshotsOfAmi,
  status,
  stillOpenTo,
  target,
  texts,
  timeouts,
  timestamp,
  whyStatus,
} from './output-parts.ts';

/** What kind of event it is. */
const told = <const Type extends string>(type: Type) => constant('What kind of event it is.', type);

export const targetError = object(
  'The error of a target. Anything that looks like a credential is hidden.',
  {
    kind: choice(
      '"transient": AWS calls it temporary, and it is retried. "provisioner": the scripts; it would fail again. ' +
        '"timeout", "stopped", "other"; "blocked": its source is not verified; after the builds "leftover", "sharing", "left out": it was ' +
        'skipped; or the status that is not good.',
      [
        'transient',
        'provisioner',
        'timeout',
        'stopped',
        'blocked',
        'other',
        'leftover',
        'sharing',
        'left out',
        'absent',
        'building',
        'pending',
        'built',
        'wrong',
        'failed',
        'conflict',
        'unknown',
      ],
    ),
    message: text('In one sentence.'),
  },
  {
    lines: texts('The last lines of the log about it.'),
    log: text('Their place: a path, relative to the working folder, and the line: path/to/log:412.'),
    failedCall,
  },
);

const error = described('The error.', targetError);

export const plannedTarget = object(
  'A target.',
  {
    name: target,
    region,
    amiName: text('The name of its AMI.'),
    base: object(
      'The base image, found and pinned.',
      { id: baseId, name: baseName, via: baseVia },
      { deprecated: baseDeprecated, release: baseRelease },
    ),
    status: shownStatus,
  },
  {
    ami,
    mixed: constant(
      "The AMI was built from another recipe than the config's, and is kept (--accept-mixed). Absent: it was not.",
      true,
    ),
    loginUser,
    newerBase,
    takenFrom: losesAccess,
    copyFrom: text('The target that it is copied from. Absent: it is built.'),
    encryption: object(
      'Whether its volumes are encrypted. Absent: the config does not ask for it.',
      {},
      { kmsKey: text('The KMS key, as the config names it. Absent: the default EBS key there.') },
    ),
    copyWithin: count('The minutes in which EC2 has to copy it, at a charge. Absent: no limit.', 1),
    why: whyStatus,
    failedCall,
  },
);

const planned = object(
  'What the config asks for and what already exists, before any change. The first event.',
  {
    type: told('planned'),
    release,
    account,
    endpoint,
    regions: texts('The regions of the publication.'),
    targets: list('All targets of the publication, selected or not.', plannedTarget),
    toBuild: count('How many are still to be built.'),
    present: count('How many are verified already.'),
    inConflict: count('How many cannot be built because their name is taken.'),
    public: flag('Whether the AMIs will be public.'),
    accounts: accountIds('Who the AMIs will be shared with.'),
    organizations: organizationArns('ARNs of organizations and organizational units to share with.'),
  },
  {
    leftOut: list(
      'Targets of best-effort regions that are skipped. Absent: none.',
      object('A target.', { name: target, region, why: text('Why it is skipped.') }, { failedCall }),
    ),
    replaces: list(
      'AMIs of another recipe that are deleted first (--replace). Absent: none.',
      object('An AMI to delete.', {
        target: text('The target that it belongs to.'),
        ami: idOfAmi('Its id.'),
        snapshots: snapshotIds('The snapshots deleted with it.'),
      }),
    ),
    takesOver: list(
      'Builders of other hosts that are terminated first (--take-over). Absent: none.',
      object('A builder to terminate.', {
        target: text('The target that it builds.'),
        host: text('The machine whose Packer launched it.'),
        instance: textLike('Its id.', '^i-[0-9a-f]+$'),
        since: text('When it was launched: ISO 8601, UTC.'),
      }),
    ),
    timeouts,
    toCopy: count('How many are still to be copied from others. Absent: none.', 1),
    candidate: constant(
      'The version has a pre-release part: the settings of the config for candidates apply. Absent if it has none.',
      true,
    ),
    othersMissing: count(
      'Required targets that are neither selected nor verified. While there are any, nothing is shared and no access is ' +
        'revoked. Absent: none.',
      1,
    ),
    checks: checksMade,
    parameters: list('The current state of the SSM parameters. Absent: the config has none.', parameterSeen),
  },
);

const attempt = count(
  'Which attempt of this run, from 1 on. One that AWS throttled before it launched anything is repeated under its number.',
  1,
);

const attemptEnded = object(
  'Packer ended. The next status event says what exists now.',
  {
    type: told('attempt-ended'),
    target,
    attempt,
    exit: {
      description: "Packer's exit status, only a hint; null if it was killed by a signal.",
      type: ['integer', 'null'],
    },
    seconds: amount('How long Packer ran.'),
  },
  { ami, error, retryIn: amount('Seconds until the next attempt. Absent: there is none.') },
);

/** The outcome of a record; `file` as it is shown. */
const file = text('The file, from the working folder; a rehearsal has its own copy.');

const recorded = object(
  'The file holds the release.',
  {
    is: constant('The file holds the release.', 'recorded'),
    file,
    added: count('AMIs of a kind that was new in their region.'),
    replaced: count('AMIs that replaced another one.'),
    same: count('AMIs that were already listed.'),
    earlier: texts("Targets that could not be built and for which an earlier release's AMI is still listed."),
  },
  {
    mixed: texts("Targets whose AMIs were built from another recipe than the config's. Absent: none."),
  },
);

const unchanged = object('The file was not changed.', {
  is: constant('The file was not changed.', 'unchanged'),
  file,
  missing: texts('Required targets that are not verified, or not shared as configured.'),
});

const notWritten = object('The file could not be written; all AMIs exist.', {
  is: constant('The file could not be written; all AMIs exist.', 'failed'),
  file,
  why: text('Why not.'),
});

const keptFile = object('The file follows another release, or "promote" is false: it was not changed.', {
  is: constant('The file was not changed.', 'kept'),
  file,
  why: text('The release that it follows, and the command that moves it.'),
});

export const record = oneOf('The outcome of a file that lists the AMIs.', [
  recorded,
  unchanged,
  keptFile,
  notWritten,
]);

const parameterOutcome = object(
  'The outcome of an SSM parameter.',
  {
    name: text('Its name, a path.'),
    region,
    target,
    outcome: choice(
      '"written": it now names the AMI, verified by reading it back. "current": it already did. "kept": it follows another release. ' +
        '"held": not written, since another one failed. "failed".',
      ['written', 'current', 'kept', 'held', 'failed'],
    ),
  },
  {
    ami,
    was: text('Its previous value, if it was another one.'),
    why: text('Why it is so.'),
    failedCall,
  },
);

export const parametersWritten = object('The outcome of the SSM parameters.', {
  missing: texts(
    'Required targets that are not verified, or not shared as they should be: no parameter is written until they are.',
  ),
  each: list('Each of them.', parameterOutcome),
});

export const resultTarget = object(
  'The outcome of one target.',
  {
    name: target,
    region,
    status,
    attempts: count('Attempts that this run made.'),
    seconds: amount("How long Packer's runs took."),
  },
  {
    bestEffort: constant(
      'Always true: it is in a best-effort region, and the rest is published without it. Absent: it is required.',
      true,
    ),
    ami,
    snapshots: snapshotsOfAmi,
    openSnapshots: snapshotIds(
      'Snapshots that other accounts may use although the AMI is not shared as the config says: sharing stopped ' +
        'in between. Absent: none.',
    ),
    stillOpenTo,
    mixed: constant(
      "The AMI was built from another recipe than the config's, and was kept (--accept-mixed). Absent: it was not.",
      true,
    ),
    error,
    log: text("Path of the last attempt's log, from the working folder."),
  },
);

export const tagOutcome = object(
  'The outcome of the git tag of the release.',
  {
    tag: text('Its name.'),
    is: choice(
      '"made"; "there": it already existed, at that commit; "rehearsed": it would be made; "unknown": the commit of the AMIs is unknown, so it was not ' +
        'made; "failed": it could not be made or pushed.',
      ['made', 'there', 'rehearsed', 'unknown', 'failed'],
    ),
  },
  {
    commit: text('The commit that the AMIs were built from. Absent: unknown.'),
    pushed: constant(
      'Always true: the remote has it. Absent: it was not pushed (--push), or could not be.',
      true,
    ),
    why: text('Why it was not made or pushed.'),
  },
);

/** The last event of a run; the same object is `result.json`. */
export const result = object(
  'The content of result.json: how the last run ended.',
  {
    type: told('result'),
    format,
    release,
    exit: choice(
      'Exit status of the process: 0 done, 1 something failed, 3 done, except best-effort regions, 130 interrupted.',
      [0, 1, 3, 130],
    ),
    targets: list('The targets that were selected, in the order of the plan.', resultTarget),
    shared: flag(
      'Whether the whole release is shared with exactly those in the config. False if that is nobody.',
    ),
    recorded: flag('Whether all record files of the config list this release. False if there are none.'),
    folder: text("The release's folder, from the working folder: plan, templates, attempts, result."),
    next: texts('Commands to run next, each with its effect.'),
  },
  {
    record: described(
      'The outcome of the first file that the config records to; absent if there is none.',
      record,
    ),
    parameters: described(
      'The outcome of the SSM parameters. Absent: the config has none.',
      parametersWritten,
    ),
    git: described(
      'The outcome of the git tag. Absent: the config names none, or the release is not complete.',
      tagOutcome,
    ),
    complete: constant(
      'Always true: every required target of the release, selected or not, is verified, and shared as the config says. Absent: not.',
      true,
    ),
    records: list('The outcome of each file that the config records to; absent if there are none.', record),
    lifecycle: list(
      'Changes to published AMIs: deprecation dates, protection, superseded releases. Absent: none.',
      lifecycleOutcome,
    ),
  },
);

/** The events of a publish, without the time; the last one is its result. */
export const publishEvents = {
  planned,
  status: object(
    "A target's status, as AWS shows it now.",
    { type: told('status'), target, status },
    { ami, why: whyStatus, failedCall },
  ),
  attemptStarted: object('Packer was started for a target.', {
    type: told('attempt-started'),
    target,
    attempt,
    of: count('How many attempts are allowed (--attempts).', 1),
    log: text("Path of the attempt's log, from the working folder."),
  }),
  copyStarted: object('A copy of an AMI to the region of a target was requested from EC2.', {
    type: told('copy-started'),
    target,
    ami,
    from: idOfAmi('The AMI that it is copied from.'),
    attempt,
    of: count('How many attempts are allowed (--attempts).', 1),
  }),
  attemptProgress: object('What Packer is doing now.', {
    type: told('attempt-progress'),
    target,
    text: text('In a few words, such as "provisioning".'),
  }),
  attemptEnded,
  removed: object(
    'A leftover of a build was removed.',
    {
      type: told('removed'),
      region,
      kind: resourceKind,
      id: text("Its AWS id; a key pair's name; bucket and prefix of a bundle's objects."),
    },
    { target },
  ),
  warning: object(
    'A warning for people. The run continues.',
    { type: told('warning'), text: text('What.') },
    { target, region },
  ),
  waiting: object(
    'A target waits for something outside gopackgo.',
    { type: told('waiting'), target, for: text('For what.') },
    { until: timestamp('The limit: ISO 8601, UTC.') },
  ),
  retrying: object(
    'An AWS call failed for a transient reason (no answer, throttling, an error of AWS itself) and is repeated, with growing ' +
      'pauses. What depends on it waits.',
    {
      type: told('retrying'),
      operation: text('The call: ec2:DescribeKeyPairs.'),
      region,
      error: text('The error code and message.'),
      retryIn: amount('Seconds until it is repeated.'),
      until: timestamp('When it is given up ("retryFor"): ISO 8601, UTC.'),
    },
  ),
  answered: object('A call that failed and was repeated has succeeded.', {
    type: told('answered'),
    operation: text('The call: ec2:DescribeKeyPairs.'),
    region,
  }),
  adopted: object('An AMI that Packer made got its tags: Packer was killed before it wrote them.', {
    type: told('adopted'),
    target,
    ami,
  }),
  verified: object('An AMI meets all expectations.', {
    type: told('verified'),
    target,
    ami,
  }),
  shared: object(
    'An AMI now has the permissions of the config, and so have its snapshots: stale ones are revoked, and it may be private.',
    {
      type: told('shared'),
      target,
      ami,
      public: flag('Whether everybody may use it now.'),
      accounts: accountIds('Accounts that may use it now.'),
      organizations: organizationArns('Organizations and organizational units that may use it now, as ARNs.'),
    },
  ),
  notified: object(
    'The outcome was sent to a channel in "notify", or would have been.',
    {
      type: told('notified'),
      id: notificationId,
      outcome,
      to: text('Who: the ARN of a topic, a command, or the variable that holds the URL of a webhook.'),
    },
    { rehearsed: text('In a rehearsal: what would be sent. Absent: it was sent.') },
  ),
  interrupted: object('The user asked to stop.', {
    type: told('interrupted'),
    count: choice('1: to stop and clean up. 2: to exit at once.', [1, 2]),
  }),
  result,
};
