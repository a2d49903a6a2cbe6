import {
  choice,
  constant,
  count,
  described,
  flag,
  list,
  object,
  text,
  textLike,
} from '../lib/json-schema.ts';
import { type RefusalCode, refusals } from '../lib/refusal-codes.ts';

/** Only for the types: which codes there are, not how many. */
const codes = Object.keys(refusals) as unknown as [RefusalCode];

/** Fields that many of the objects have which gopackgo writes with `--json`. */

export const format = constant('Raised when the meaning of a field changes.', 2);
export const timeouts = {
  description: 'Limits of the config that differ from the usual ones, in seconds. Absent: none.',
  type: 'object',
  properties: {
    build: count('How long Packer may take until AWS starts to create the AMI.', 1),
    ami: count('How long AWS may take to create the AMI.', 1),
    copy: count('How long AWS may take to copy an AMI.', 1),
  },
  additionalProperties: false,
} as const;

export const target = text('The target: region and image, as in us-east-1-2204-hvm.');
export const region = text('The AWS region.');
export const release = textLike('Publication and version, as in test-ebs@1.0.0.', '^[^@]+@[^@]+$');
export const publication = text('Name of the publication.');
export const endpoint = textLike(
  'Which AWS: "aws", or "sandbox:" and the id of the sandbox.',
  '^(?:aws|sandbox:.+)$',
);

const accountId = String.raw`^\d{12}$`;
const amiId = '^ami-[0-9a-f]+$';
const moment = String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`;

export const account = textLike('The AWS account.', accountId);
export const owner = textLike('The account that owns it.', accountId);
export const ami = textLike('The AMI.', amiId);

/** The id of an AMI, described by its meaning here. */
export const idOfAmi = (description: string) => textLike(description, amiId);

/** ISO 8601, UTC, with milliseconds. */
export const timestamp = (description: string) => textLike(description, moment);

export const time = timestamp('When it was reported: ISO 8601, UTC.');

export const parameterState = choice(
  '"current": it names the AMI. "absent". "differs": it names another AMI of this publication, or one that is gone. "tags": it ' +
    'names the AMI, but its tags name another release. "newer": it names a newer release, and stays. "kept": it follows the release that ' +
    'was promoted, another one, and stays. "taken": it is not ours, or has a value that this publication did not write. "unknown": it could not be looked up.',
  ['current', 'absent', 'differs', 'tags', 'newer', 'kept', 'taken', 'unknown'],
);

/** Texts that need no description of their own. */
export const texts = (description: string) => list(description, { type: 'string' });

export const snapshotIds = (description: string) =>
  list(description, { type: 'string', pattern: '^snap-[0-9a-f]+$' });

export const accountIds = (description: string) => list(description, { type: 'string', pattern: accountId });

export const organizationArns = (description: string) =>
  list(description, {
    type: 'string',
    pattern: String.raw`^arn:aws[a-z-]*:organizations::\d{12}:(?:organization|ou)/.+$`,
  });

export const snapshotsOfAmi = snapshotIds('The snapshots of its AMI.');

export const refusalCode = choice('Why a command was refused; docs/commands.md explains each code.', codes);

/** The name of a status, as `src/observe/status.ts` decides it. */
const statusWords =
  'absent: no AMI. building: Packer is working on it. pending: EC2 is. built: it exists, to be verified. wrong: it exists, but not ' +
  'as expected. verified: as expected. shared: with exactly those of the config. failed: a build left something ' +
  'behind, or failed in this run. conflict: the name is taken. unknown: the lookup failed.';
const statusNames = [
  'absent',
  'building',
  'pending',
  'built',
  'wrong',
  'verified',
  'shared',
  'failed',
  'conflict',
  'unknown',
] as const;
export const statusName = choice(statusWords, statusNames);
/** The status as a release shows it: a withdrawn release is not in conflict. */
export const shownStatus = choice(
  `The target's status. ${statusWords} yanked: its release was withdrawn. retired: cleanup made it private and disabled it.`,
  [...statusNames, 'yanked', 'retired'],
);

export const status = described("The target's status.", statusName);
export const whyStatus = text('Why it has this status, if the word alone does not say it.');

/** Who AMIs are, or will be, shared with. */
export const audience = object('Who may use something now.', {
  public: flag('Whether everybody may.'),
  accounts: accountIds('Accounts that may.'),
  organizations: organizationArns('Organizations and organizational units that may, as ARNs.'),
});

export const losesAccess = described(
  'Who may use the AMI or its snapshots now, and loses access when the plan is applied. Absent: nobody.',
  audience,
);

export const stillOpenTo = described(
  'Who may use the AMI or its snapshots, as AWS last showed it, although the config does not say so. Absent if that ' +
    'is nobody.',
  audience,
);

export const failedCallParts = object('A failed AWS call.', {
  operation: text('The call, such as ec2:DescribeImages.'),
  region,
  code: text("The service's error code, such as UnauthorizedOperation, or the name of a network error."),
  message: text("The service's message."),
});

/** A failed lookup, or a change that AWS refused. */
export const failedCall = described(
  'The failed call, if it is known: for an unknown status, or failed sharing. Absent otherwise.',
  failedCallParts,
);

export const loginUser = text(
  "The user that Packer logs in to the builder as, if the config names none: the base image's.",
);

export const baseId = idOfAmi('Its id.');
export const baseName = text('Its name.');
export const baseVia = choice(
  "How it was found: by the SSM parameter, as the newest of Canonical's by DescribeImages, by the config's filter, by " +
    'its id, as the AMI of a release of another publication, or by the tags of AMIs of this release.',
  ['ssm', 'images', 'filter', 'fixed', 'release', 'tag'],
);
export const baseRelease = text('The release of another publication that it belongs to. Absent: none.');
export const newerBase = text(
  'A release, newer than the pinned one, of the publication that the base image comes from. Absent: there is none.',
);
export const baseDeprecated = constant(
  'Always true: AWS lists it only if deprecated images are requested. Absent: it is not deprecated.',
  true,
);

const checked = text('What was checked.');

/** The subject of a check, if it is specific. */
const checkedPlace = {
  region: described('The region. Absent if it does not concern a single region.', region),
  place: text('The place in the config, with its file. Absent if the config does not set it.'),
  targets: texts('The affected targets. Absent: all of the region, or of the release.'),
};

const foundByCheck = {
  expected: text('What it should be.'),
  found: text('What it actually is.'),
  todo: text('How to fix it, with the command to run.'),
};

const moreOfCheck = {
  command: text('The command in todo, on its own. Absent: there is none.'),
  code: described('The code of the refusal. Absent if it is not one.', refusalCode),
  failedCall,
};

const checkTrouble = object(
  'A finding of a check.',
  {
    is: choice(
      'refused: AWS or Packer would refuse it later. unknown: a lookup failed. not-checked: it cannot be known ' +
        'beforehand. warning: the run may continue.',
      ['warning', 'refused', 'unknown', 'not-checked'],
    ),
    check: checked,
    ...foundByCheck,
  },
  { ...checkedPlace, ...moreOfCheck },
);

/** The result of a check, of any kind, as listed in `doctor --json`. */
export const checkResult = object(
  'A check with its result.',
  {
    is: choice(
      'ok. refused: AWS or Packer would refuse it later. unknown: a lookup failed. not-checked: it cannot be known ' +
        'beforehand. warning: the run may continue. Of these five, only ok is a yes.',
      ['ok', 'warning', 'refused', 'unknown', 'not-checked'],
    ),
    check: checked,
  },
  { ...checkedPlace, ...foundByCheck, ...moreOfCheck },
);

export const checks = object(
  'The checks before anything is spent: whether AWS would accept the planned resources and permissions.',
  {
    ok: count('How many checks passed.'),
    passed: list('These.', object('A check that passed.', { check: checked }, checkedPlace)),
    troubles: list('The findings of the others.', checkTrouble),
  },
);

export const checksMade = described(
  'The checks before anything is spent; absent if there were none.',
  checks,
);

export const resourceKind = choice('What it is.', [
  'instance',
  'key pair',
  'security group',
  'volume',
  'snapshot',
  'AMI',
  'bundle',
  'bucket',
  'parameter',
]);

/** An SSM parameter for a target's AMI, in its current state. */
export const parameterSeen = object(
  'An SSM parameter for the AMI of a target.',
  {
    name: text('Its name, a path.'),
    region,
    target,
    newest: flag('Whether it follows the newest release: its name has no version.'),
    state: parameterState,
  },
  {
    value: text('Its current value. Absent: there is none, or it is unknown.'),
    why: text('More about its state, in words.'),
    failedCall,
  },
);
