import { choice, constant, count, flag, list, object, text } from '../lib/json-schema.ts';
import {
  account,
  ami,
  endpoint,
  failedCall,
  format,
  idOfAmi,
  publication,
  region,
  release,
  resourceKind,
  target,
  texts,
  timestamp,
} from './output-parts.ts';

const type = <const Type extends string>(value: Type) => constant('What kind of event it is.', value);

const asked = object(
  'What was asked for, in the words of the options. Lengths of time are in milliseconds.',
  {
    only: texts('Patterns of --only.'),
    except: texts('Patterns of --except.'),
    keepLast: count('--keep-last.'),
    adopt: flag('--adopt.'),
    includingShared: flag('--including-shared.'),
    guardPeriod: count('--guard-period.'),
    maxDeletions: count('--max-deletions.'),
    maxShare: { description: '--max-share, from 0 to 1.', type: 'number' },
    leftovers: flag('--leftovers.'),
    orphanAge: count('--orphan-age.'),
  },
  {
    olderThan: count('--older-than; absent if no AMI is chosen by its age.'),
    retireFor: count('--retire-for; absent if AMIs are deleted at once.'),
    usage: constant('--usage. Absent: EC2 is not asked who uses the AMIs.', true),
    includingUsed: constant('--including-used. Absent: AMIs that other accounts use are kept.', true),
  },
);

export const plannedAmi = object(
  'An AMI of the account, with its verdict.',
  {
    region,
    ami,
    name: text('Its name.'),
    created: text('When it was created: ISO 8601.'),
    state: text("EC2's own value, such as available."),
    verdict: choice(
      'What happens to it. "retire": it is made private and disabled, and a later cleanup deletes it. "unprotect": its deregistration protection has a cooldown, so it is turned off now, and the AMI can be deleted 24 hours later.',
      ['delete', 'retire', 'unprotect', 'keep'],
    ),
    reasons: list(
      'All reasons why it stays; none if it is deleted.',
      object('A reason.', {
        reason: text('As docs/cleanup.md lists them.'),
        said: text('The reason in words.'),
      }),
    ),
    snapshots: list('Snapshots deleted with it.', text('A snapshot.')),
  },
  {
    target,
    release,
    otherRelease: text('The release of another publication that it belongs to, by its tags. Absent: none.'),
    adopted: constant('Only its name shows what it is.', true),
    notes: texts('The history of its release: yanked, superseded or retired. Absent: none is known.'),
    protection: text(
      "Its deregistration protection, which is turned off first, in EC2's words. Absent: it has none, or is kept.",
    ),
    bundle: text('The location of the bundle deleted with it.'),
    parameters: texts('SSM parameters of its release that name it, and are deleted before it. Absent: none.'),
  },
);

const leftover = {
  region,
  kind: resourceKind,
  id: text('Its id or name.'),
  reason: text('Why it counts as a leftover.'),
};
const ofLeftover = {
  release,
  target,
  ami: idOfAmi('The AMI it belonged to, if an earlier cleanup deregistered that.'),
};

export const plannedLeftover = object('A leftover.', leftover, ofLeftover);

export const unseenRegion = object(
  'A region.',
  { region, why: text("What could not be read, in AWS's words.") },
  {
    bestEffort: constant('It is best-effort, and the account has not opted in to it.', true),
    failedCall,
  },
);

const unseen = list('Regions with a failed lookup: nothing is deleted there.', unseenRegion);

const plan = {
  format,
  publication,
  account,
  endpoint,
  createdAt: timestamp('When the plan was made: ISO 8601, UTC.'),
  asked,
  regions: list('The regions that were looked up.', text('A region.')),
  amis: list('Every AMI of the account in these regions.', plannedAmi),
  leftovers: list('Leftovers of builds, if requested, and of a killed cleanup.', plannedLeftover),
  unseen,
};

/** The plan that `cleanup` shows before anything is deleted, and that `--out` writes. */
export const cleanupPlan = object('What "cleanup --out" writes.', plan, { release });

export const cleanupPlanned = object(
  'What would be deleted: the first line of "cleanup --json".',
  { type: type('cleanup-planned'), ...plan },
  { release },
);

const outcome = choice(
  'planned: the plan was not applied. removed. kept: rightly so, or by a guard. remains: it should be gone but is not.',
  ['planned', 'removed', 'kept', 'remains'],
);
/** Of an AMI. */
const outcomeOfAmi = choice(
  `${outcome.description} retired: it is private and disabled. unprotected: its deregistration protection was turned off. For both, "why" says when it can be deleted.`,
  [...outcome.enum, 'retired', 'unprotected'],
);
const why = text('Why it is not gone, or other remarks.');

export const cleanedPart = object('The outcome of a planned deletion.', { outcome }, { why });

export const amiUse = object('Resources of an account that use an AMI, as EC2 reports them.', {
  account: text('The account.'),
  type: text("EC2's value: ec2:Instance, ec2:LaunchTemplate."),
  count: count('How many.'),
});

export const cleanedAmi = object(
  'An AMI.',
  {
    region,
    ami,
    name: text('Its name.'),
    outcome: outcomeOfAmi,
    parts: list(
      'Its snapshots and its bundle, and the outcome of each.',
      object(
        'A snapshot or a bundle.',
        { kind: resourceKind, id: text('Its id or location.'), outcome },
        { why },
      ),
    ),
  },
  {
    target,
    release,
    why,
    usedBy: list('Other accounts that use it, with --usage. Absent: none, or not asked.', amiUse),
  },
);

/** The last event of a cleanup; the same object is `cleanup-result.json`. */
export const cleanupResult = object(
  'The result of a cleanup: cleanup-result.json.',
  {
    type: type('result'),
    format,
    command: constant('Always that of a cleanup.', 'cleanup'),
    publication,
    account,
    endpoint,
    exit: choice('Exit status of the process.', [0, 1, 3, 130]),
    applied: flag('Whether the plan was applied; otherwise it was only shown.'),
    amis: list(
      'Every AMI in the plan, those kept because other accounts use them, and those that only a guard keeps.',
      cleanedAmi,
    ),
    leftovers: list(
      'The leftovers, and the outcome of each.',
      object('A leftover.', { ...leftover, outcome }, { ...ofLeftover, why }),
    ),
    unseen,
    removed: object('How much is gone.', {
      amis: count('AMIs.'),
      snapshots: count('Their snapshots.'),
      bundles: count('Their bundles.'),
      buckets: count('Buckets.'),
      leftovers: count('Leftovers.'),
    }),
    folder: text('The folder of plan and result.'),
    next: list('Commands to run next, each with its effect.', text('A command.')),
  },
  { release },
);
