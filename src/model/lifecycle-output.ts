import { choice, constant, count, described, flag, list, object, text } from '../lib/json-schema.ts';
import {
  account,
  ami,
  audience,
  endpoint,
  failedCall,
  format,
  publication,
  region,
  release,
  target,
  texts,
  timestamp,
} from './output-parts.ts';

const command = choice('The command it belongs to.', ['promote', 'yank', 'yank --undo', 'cleanup --restore']);

const change = choice(
  'What changes. "promoted": the AMI is what records follow. "superseded": another one is promoted in its place. "file", "parameter": a ' +
    'record. "launch permission", "volume permission": of an AMI, of a snapshot. "deprecation": the date. "protection": from ' +
    'deregistration. "yanked", "retired": the tag. "disabled": whether the AMI is. "shared tags": those that all read who may use the AMI.',
  [
    'promoted',
    'superseded',
    'file',
    'parameter',
    'launch permission',
    'volume permission',
    'deprecation',
    'protection',
    'yanked',
    'retired',
    'disabled',
    'shared tags',
  ],
);

const changeParts = {
  change,
  name: text('The changed resource: the id of an AMI or a snapshot, a parameter, a file.'),
};
const moreOfChange = {
  region,
  target,
  release,
  from: text('The current value. Absent: none.'),
  to: text('The new value. Absent: none.'),
};

export const lifecycleChange = object('A change to make.', changeParts, moreOfChange);

const skipped = list(
  'Targets of best-effort regions that are not ready and stay unchanged.',
  object('A target.', { target, region, why: text('Why.') }),
);

const warnings = texts('Remarks to read before it is done.');

/** The plan that `promote` and `yank` show before any change: their first line with `--json`. */
export const lifecyclePlanned = object(
  'What promote, yank or cleanup --restore would change. The first event.',
  {
    type: constant('What kind of event it is.', 'lifecycle-planned'),
    format,
    command,
    release,
    account,
    endpoint,
    changes: list('In execution order. Settings that are already right are not listed.', lifecycleChange),
    skipped,
    warnings,
  },
  {
    replaces: texts('The releases that were promoted before. Absent: none.'),
    loses: described(
      'Who may use its AMIs or their snapshots now, and loses access. Only for yank.',
      audience,
    ),
    gains: described(
      'Who gains access to its AMIs or their snapshots. Only for yank --undo and cleanup --restore.',
      audience,
    ),
    promotes: release,
    reason: text('Why it is withdrawn.'),
  },
);

const changeOutcome = choice(
  '"done": made, and read back. "planned": not applied. "held": not made, since another one failed. "failed".',
  ['done', 'planned', 'held', 'failed'],
);

export const lifecycleOutcome = object(
  'A change, and its outcome.',
  { ...changeParts, outcome: changeOutcome },
  { ...moreOfChange, why: text('Why it was not made.'), failedCall },
);

/** The last event of promote and yank; the same object is their result file. */
export const lifecycleResult = object(
  'The result of promote, yank or cleanup --restore: promote-result.json, yank-result.json, restore-result.json.',
  {
    type: constant('What kind of event it is.', 'result'),
    format,
    command,
    release,
    account,
    endpoint,
    exit: choice('Exit status of the process.', [0, 1, 3, 130]),
    applied: flag('Whether the plan was applied; otherwise it was only shown.'),
    changes: list('Every change of the plan, with its outcome.', lifecycleOutcome),
    skipped,
    folder: text('The folder of events and result.'),
    next: texts('Commands to run next, each with its effect.'),
  },
);

/** The output of `releases --json`. */
export const releasesOutput = object(
  'What "releases --json" writes: every release of the publication in AWS.',
  {
    format,
    publication,
    account,
    endpoint,
    releases: list(
      'Newest first.',
      object(
        'A release.',
        {
          release,
          created: timestamp('When the first of its AMIs was created: ISO 8601, UTC.'),
          targets: count('Targets with an AMI.'),
          state: choice(
            '"current": it is the promoted one, at one target at least; a candidate only where something follows candidates. "superseded": it ' +
              'was before. "published": others may use it, or it is recorded. "private": nobody else may. "yanked": it was withdrawn. "retired": cleanup made all its AMIs private and disabled them.',
            ['current', 'superseded', 'published', 'private', 'yanked', 'retired'],
          ),
          usedBy: described('Who may launch its AMIs.', audience),
          records: texts('The files and parameters that name one of its AMIs.'),
          amis: list(
            'Its AMIs.',
            object(
              'An AMI.',
              {
                target,
                region,
                ami,
                state: text("EC2's own value, such as available."),
                created: text('When it was created: ISO 8601.'),
                public: flag('Whether everybody may use it.'),
              },
              {
                promoted: text('When its release was last promoted: ISO 8601.'),
                retired: text(
                  'When cleanup retired it: ISO 8601. Absent: it did not, or the tag contains no time.',
                ),
                superseded: text('When another one was promoted in its place: ISO 8601.'),
                deprecated: text('When it is deprecated: ISO 8601.'),
                protected: constant('Its deregistration protection is on. Absent: it is not.', true),
                launchPermissionUnknown: constant(
                  'The lookup of who may use it failed. Absent: it did not.',
                  true,
                ),
              },
            ),
          ),
        },
        {
          promoted: text('When it was last promoted: ISO 8601. Absent: never.'),
          yanked: text('When it was withdrawn, and why. Absent: it was not.'),
          deprecated: text('When the first of its AMIs is deprecated: ISO 8601. Absent: none is.'),
          candidate: constant('Its version has a pre-release part. Absent: it has none.', true),
        },
      ),
    ),
    unseen: list(
      'Regions whose lookup failed.',
      object('A region.', { region, why: text("Why, in AWS's words.") }, { failedCall }),
    ),
    warnings,
  },
);
