import { choice, constant, list, object, text } from '../lib/json-schema.ts';
import {
  account,
  ami,
  endpoint,
  failedCall,
  format,
  parameterSeen,
  region,
  release,
  shownStatus,
  snapshotsOfAmi,
  stillOpenTo,
  target,
  whyStatus,
} from './output-parts.ts';

/** The meaning of each code; docs/lifecycle.md has them, too. */
const codes = choice(
  'What differs. "release-missing": no AMI of the release. "ami-missing", "ami-disabled", "snapshot-missing", "bundle-missing": gone, or ' +
    'not to be launched. "ami-differs": not what the config asks for. "unfinished": the release was never completed. ' +
    '"launch-permission-missing", "launch-permission-extra", "volume-permission-missing", "volume-permission-extra": entries fewer or more ' +
    'than "share" says, of an AMI, of a snapshot. "deprecation-differs", "protection-differs", "shared-tag-differs": not as the config says. ' +
    '"deprecation-near": within 30 days. "deprecated". "base-missing", "base-yanked": the base image is gone, or withdrawn. ' +
    '"record-differs", "record-invalid": a file. "parameter-missing", "parameter-differs", "parameter-taken": an SSM parameter; taken is one ' +
    "with somebody else's value. " +
    '"yank-incomplete": something of a yanked release can still be used. With --as: "as-not-found", "as-not-launchable", ' +
    '"as-not-copyable": the other account is to, and cannot; "as-launchable", "as-copyable": it is not to, and can; ' +
    '"as-parameter-differs": what it reads names another AMI.',
  [
    'release-missing',
    'ami-missing',
    'ami-disabled',
    'ami-differs',
    'snapshot-missing',
    'bundle-missing',
    'unfinished',
    'launch-permission-missing',
    'launch-permission-extra',
    'volume-permission-missing',
    'volume-permission-extra',
    'deprecation-differs',
    'deprecation-near',
    'deprecated',
    'protection-differs',
    'shared-tag-differs',
    'base-missing',
    'base-yanked',
    'record-differs',
    'record-invalid',
    'parameter-missing',
    'parameter-differs',
    'parameter-taken',
    'yank-incomplete',
    'as-not-found',
    'as-not-launchable',
    'as-not-copyable',
    'as-launchable',
    'as-copyable',
    'as-parameter-differs',
  ],
);

const finding = object(
  'A difference from the config.',
  {
    code: codes,
    release,
    place: text('The subject: the id of an AMI or a snapshot, a file, a parameter, the release.'),
    expected: text('What it should be.'),
    found: text('What it actually is.'),
    todo: text('How to fix it.'),
  },
  {
    target,
    region,
    ami,
    bestEffort: constant(
      'It is missing in a best-effort region; if there is nothing else, the exit status is 3. Absent: anything else.',
      true,
    ),
  },
);

const shownTarget = object(
  'A target.',
  { name: target, region, status: shownStatus },
  {
    ami,
    stillOpenTo,
    snapshots: snapshotsOfAmi,
    why: whyStatus,
    byTags: constant('Known only by the tags of its AMI: its source was not compared. Absent: it was.', true),
    leftConfig: constant('The image or region is no longer in the config. Absent: it is.', true),
    failedCall,
  },
);

const answer = (description: string) => choice(description, ['yes', 'no', 'unknown']);

const strangersView = object('How another account sees the AMIs in use: status --as.', {
  profile: text('The profile of its credentials; in a rehearsal the id of the account.'),
  account,
  amis: list(
    'The AMIs that were looked up.',
    object('An AMI.', {
      release,
      target,
      region,
      ami,
      found: answer('Whether it is found by its id.'),
      launchable: answer('Whether an instance could be launched from it, by a dry run.'),
      copyable: answer('Whether it could be copied: whether its snapshots can be used, and by a dry run.'),
      parameters: choice(
        '"agree": those that it may read name the AMI. "differ". "unreadable": none is shared with it, as usual. "none" names the AMI. ' +
          '"unknown".',
        ['agree', 'differ', 'unreadable', 'none', 'unknown'],
      ),
      why: list('The failed calls, if something is unknown.', { type: 'string' }),
    }),
  ),
});

/** The output of `status --json`. */
export const statusOutput = object(
  'What "status --json" writes: every target\'s status, and what differs from the config, from AWS alone.',
  {
    format,
    release,
    account,
    endpoint,
    targets: list('The targets that were selected.', shownTarget),
    others: list(
      'The other published releases that were compared by the tags of their AMIs, newest first.',
      object('A release.', { release, targets: list('Its AMIs that were selected.', shownTarget) }),
    ),
    findings: list('Differences from the config. Empty: none in anything that was looked up.', finding),
    unseen: list(
      'Failed lookups, besides unknown targets and parameters.',
      object(
        'A region, a release, a base image or a parameter.',
        { place: text('Which.'), why: text('Why.') },
        { region, failedCall },
      ),
    ),
  },
  {
    parameters: list('The SSM parameters of selected targets. Absent: the config has none.', parameterSeen),
    as: strangersView,
  },
);
