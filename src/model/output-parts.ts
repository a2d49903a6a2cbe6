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
    build: count('How long Packer may take until AWS starts to make the AMI.', 1),
    ami: count('How long AWS may take to make the AMI.', 1),
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
    'names the AMI, and its tags another release. "newer": it names a newer release, and is left so. "kept": it follows the release that ' +
    'was promoted, another one, and is left so. "taken": it is not ours, or holds what this publication did not write. "unknown": it could not be looked up.',
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

export const refusalCode = choice('Why a command was refused; docs/commands.md says what each means.', codes);

/** The name of a status, as `src/observe/status.ts` decides it. */
const statusWords =
  'absent: no AMI. building: Packer is at work. pending: EC2 is. built: there, to be verified. wrong: there, and not ' +
  'as expected. verified: as expected. shared: with exactly those of the config. failed: a build left something ' +
  'behind, or failed in this run. conflict: the name is taken. unknown: AWS could not be asked.';
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
export const whyStatus = text('Why it has this status, where the word alone does not say it.');

/** Who AMIs are, or will be, shared with. */
export const audience = object('Who may use something now.', {
  public: flag('Whether everybody may.'),
  accounts: accountIds('Accounts that may.'),
  organizations: organizationArns('Organizations and organizational units that may, as ARNs.'),
});

export const losesAccess = described(
  'Who may use the AMI or its snapshots now, and loses access when the plan is applied. Absent if there is nobody.',
  audience,
);

export const stillOpenTo = described(
  'Who may use the AMI or its snapshots, as AWS last showed it, though the config does not say so. Absent where that ' +
    'is nobody.',
  audience,
);

export const failedCallParts = object('A call of AWS that failed.', {
  operation: text('The call, such as ec2:DescribeImages.'),
  region,
  code: text("The service's error code, such as UnauthorizedOperation, or the name of a network error."),
  message: text("The service's message."),
});

/** A failed lookup, or a change that AWS refused. */
export const failedCall = described(
  'The call that failed, where it is known: of what is unknown, or could not be shared. Absent elsewhere.',
  failedCallParts,
);

export const loginUser = text(
  'The user that Packer logs in to the builder as, where the config names none: that of the base image.',
);

export const baseId = idOfAmi('Its id.');
export const baseName = text('Its name.');
export const baseVia = choice(
  "How it was found: by the SSM parameter, as the newest of Canonical's by DescribeImages, by the config's filter, by " +
    'its id, as the AMI of a release of another publication, or by the tags of AMIs of this release.',
  ['ssm', 'images', 'filter', 'fixed', 'release', 'tag'],
);
export const baseRelease = text(
  'The release of another publication that it belongs to. Absent: it comes from none.',
);
export const newerBase = text(
  'A release of the publication that the base image comes from which is newer than the one pinned. Absent: there is none.',
);
export const baseDeprecated = constant(
  'Always true: AWS lists it only when deprecated images are asked for. Absent where it does not.',
  true,
);

const checked = text('What was checked.');

/** The subject of a check, if it is specific. */
const checkedPlace = {
  region: described('The region. Absent if it is not about one region.', region),
  place: text('The place in the config, with its file. Absent if the config does not set it.'),
  targets: texts('The targets that it is about. Absent: all of the region, or of the release.'),
};

const foundByCheck = {
  expected: text('What it should be.'),
  found: text('What it is.'),
  todo: text('What to do about it, with the command to run.'),
};

const moreOfCheck = {
  command: text('The command in todo, on its own. Absent where there is none.'),
  code: described('The code of the refusal. Absent if it is not one.', refusalCode),
  failedCall,
};

const checkTrouble = object(
  'What a check found.',
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
  'What was checked before anything is spent: whether AWS would accept what is to be made and shared.',
  {
    ok: count('How many checks passed.'),
    passed: list('These.', object('A check that passed.', { check: checked }, checkedPlace)),
    troubles: list('What the others found.', checkTrouble),
  },
);

export const checksMade = described(
  'What was checked before anything is spent; absent where nothing was.',
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
    value: text('What it holds now. Absent where there is none, or that is not known.'),
    why: text('More about its state, in words.'),
    failedCall,
  },
);
