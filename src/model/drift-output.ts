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
  'Something that is not as the config has it.',
  {
    code: codes,
    release,
    place: text('What it is about: the id of an AMI or a snapshot, a file, a parameter, the release.'),
    expected: text('What it should be.'),
    found: text('What it is.'),
    todo: text('What to do about it.'),
  },
  {
    target,
    region,
    ami,
    bestEffort: constant(
      'Something that is missing in a best-effort region: alone it makes the exit status 3. Absent: anything else.',
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
    byTags: constant(
      'Known by the tags of its AMI alone: what it was made from was not compared. Absent: it was.',
      true,
    ),
    leftConfig: constant('The config has no such image or region any more. Absent: it has.', true),
    failedCall,
  },
);

const answer = (description: string) => choice(description, ['yes', 'no', 'unknown']);

const strangersView = object('What another account sees of the AMIs in use: status --as.', {
  profile: text('The profile of its credentials; in a rehearsal the id of the account.'),
  account,
  amis: list(
    'The AMIs that were looked at.',
    object('An AMI.', {
      release,
      target,
      region,
      ami,
      found: answer('Whether it is found by its id.'),
      launchable: answer('Whether an instance could be launched from it, by a dry run.'),
      copyable: answer('Whether it could be copied: its snapshots can be used, and a dry run.'),
      parameters: choice(
        '"agree": those that it may read name the AMI. "differ". "unreadable": none is shared with it, as usual. "none" names the AMI. ' +
          '"unknown".',
        ['agree', 'differ', 'unreadable', 'none', 'unknown'],
      ),
      why: list('The calls that failed, where something is unknown.', { type: 'string' }),
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
      'The other published releases that were compared, the newest first: by the tags of their AMIs.',
      object('A release.', { release, targets: list('Its AMIs that were selected.', shownTarget) }),
    ),
    findings: list('What differs from the config. Empty: nothing that was looked at.', finding),
    unseen: list(
      'What could not be looked at, beside targets and parameters that are unknown.',
      object(
        'A region, a release, a base image or a parameter.',
        { place: text('Which.'), why: text('Why.') },
        { region, failedCall },
      ),
    ),
  },
  {
    parameters: list(
      'What is known of the SSM parameters of selected targets. Absent: the config asks for none.',
      parameterSeen,
    ),
    as: strangersView,
  },
);
