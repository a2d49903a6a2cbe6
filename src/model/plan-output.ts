import { choice, constant, count, flag, list, object, text, textLike } from '../lib/json-schema.ts';
import {
  account,
  accountIds,
  ami,
  baseDeprecated,
  baseId,
  baseName,
  baseVia,
  checkResult,
  checksMade,
  endpoint,
  failedCall,
  format,
  loginUser,
  losesAccess,
  organizationArns,
  owner,
  parameterSeen,
  publication,
  region,
  release,
  snapshotsOfAmi,
  status,
  stillOpenTo,
  target,
  timeouts,
  timestamp,
  whyStatus,
} from './output-parts.ts';
import { recordFormats } from './publication.ts';

const image = text('Name of the image.');

const base = object(
  'The base image, found and pinned.',
  {
    id: baseId,
    name: baseName,
    via: baseVia,
    owner,
    asked: text('What the config asks for: an SSM parameter, a filter as JSON, or "id".'),
  },
  {
    deprecated: baseDeprecated,
    windows: constant('Always true: its platform is Windows. Absent where it is not.', true),
  },
);

const expectation = object(
  'What the finished AMI has to be.',
  {
    architecture: text('As EC2 says it: x86_64, arm64.'),
    virtualization: text('As EC2 says it: hvm, paravirtual.'),
    rootDevice: text('As EC2 says it: ebs, instance-store.'),
  },
  { location: text('ImageLocation of an instance-store AMI: bucket/prefix.manifest.xml.') },
);

const bundle = object(
  'Where the bundle of an instance-store AMI is in S3.',
  {
    bucket: text('The bucket.'),
    prefix: text('What the names of its objects begin with, before .manifest.xml and .part.0.'),
    credentials: choice('What the builder uploads with.', ['instance-profile', 'command-line']),
  },
  { partition: constant('The partition table that the image is given.', 'mbr') },
);

const copy = object(
  'How a target that is copied is made. Absent: Packer builds it.',
  { from: text('The target that it is copied from.'), region: text('Its region.') },
  {
    within: count(
      'Minutes in which EC2 is to complete the copy, for which AWS charges. Absent: no limit.',
      1,
    ),
  },
);

const options = (description: string) => ({ description, type: 'object' }) as const;

const packer = object('What Packer is told, before our own options and tags.', {
  builder: choice("Packer's builder.", ['amazon-ebs', 'amazon-instance']),
  options: options("Options of the builder, under Packer's names."),
  provisioners: list(
    'In the order they run.',
    object('A provisioner.', {
      type: text("Packer's name for it."),
      options: options("Its options, under Packer's names."),
    }),
  ),
});

export const planTarget = object(
  'A target: one AMI to exist.',
  {
    name: target,
    region,
    image,
    required: flag('Whether nothing is shared before it is verified: false in best-effort regions.'),
    amiName: text('The name of its AMI.'),
    base,
    recipe: textLike('Hash of what the AMI is made from.', '^sha256:[0-9a-f]{64}$'),
    expect: expectation,
    packer,
    status,
  },
  {
    acceptsAnyRecipe: constant(
      'An AMI that was made from another recipe is kept, and counts: --accept-mixed.',
      true,
    ),
    parameters: list(
      'SSM parameters of its region that are to name its AMI. Absent: the config asks for none.',
      object('A parameter.', {
        name: text('Its name, a path.'),
        newest: flag(
          'Whether it follows the newest release: its name has no version. Such parameters are written last.',
        ),
      }),
    ),
    takenFrom: losesAccess,
    bundle,
    copy,
    loginUser,
    why: whyStatus,
    failedCall,
  },
);

export const plan = object(
  'What "plan --json" writes: the plan as publish would pin it in plan.json, with the status of each selected target.',
  {
    format,
    release,
    publication,
    version: text('The version.'),
    account,
    endpoint,
    createdAt: timestamp('When the plan was made: ISO 8601, UTC.'),
    targets: list('The targets that were selected.', planTarget),
    sharing: object('Who may use the AMIs.', {
      public: flag('Whether they are public.'),
      accounts: accountIds('Accounts that they are shared with.'),
      organizations: organizationArns(
        'ARNs of organizations and organizational units that they are shared with.',
      ),
      snapshots: flag('Whether their snapshots are shared too: with everybody, or with the accounts.'),
    }),
  },
  {
    leftOut: list(
      'Targets of best-effort regions that are skipped. Absent: none.',
      object('A target.', { name: target, region, image, why: text('Why it is skipped.') }, { failedCall }),
    ),
    commit: text(
      'The git commit that is checked out, which AMIs get as a tag. Absent: the config has no "git", or there is none.',
    ),
    record: text(
      'The first file that the AMIs are recorded in, from the working folder; absent where there is none.',
    ),
    records: list(
      'All files that the AMIs are recorded in; absent where there are none.',
      object(
        'A file.',
        {
          file: text('Its path, from the working folder.'),
          as: choice('Its format.', recordFormats),
        },
        { name: text("Terraform's variable, or CloudFormation's mapping, where the config names one.") },
      ),
    ),
    secrets: list(
      'Names of secret variables, which Packer gets by its environment; their values are in no plan. Absent: none.',
      text('A name.'),
    ),
    checks: checksMade,
    parameters: list('What is known of the SSM parameters. Absent: the config asks for none.', parameterSeen),
    timeouts,
    candidate: constant('Always true: a candidate. Absent where it is none.', true),
  },
);

export const doctorOutput = object(
  'What "doctor --json" writes: every check that was made, with its result.',
  {
    format,
    release,
    account,
    endpoint,
    checks: list('Every check, in one order; those of several regions one after the other.', checkResult),
  },
);

export const statusOutput = object(
  'What "status --json" writes: every target\'s status, from AWS alone.',
  {
    format,
    release,
    account,
    endpoint,
    targets: list(
      'The targets that were selected.',
      object(
        'A target.',
        { name: target, region, status },
        { ami, stillOpenTo, snapshots: snapshotsOfAmi, why: whyStatus, failedCall },
      ),
    ),
  },
  {
    parameters: list(
      'What is known of the SSM parameters of selected targets. Absent: the config asks for none.',
      parameterSeen,
    ),
  },
);
