import {
  choice,
  constant,
  count,
  described,
  flag,
  list,
  object,
  type Static,
  text,
  textLike,
} from '../lib/json-schema.ts';
import { lifecycle } from './lifecycle.ts';
import {
  account,
  accountIds,
  baseDeprecated,
  baseId,
  baseName,
  baseRelease,
  baseVia,
  checkResult,
  checksMade,
  endpoint,
  failedCall,
  failedCallParts,
  format,
  loginUser,
  losesAccess,
  newerBase,
  organizationArns,
  owner,
  parameterSeen,
  publication,
  region,
  release,
  shownStatus,
  target,
  texts,
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
    release: baseRelease,
  },
);

const expectation = object(
  'The required properties of the finished AMI.',
  {
    architecture: text("EC2's value: x86_64, arm64."),
    virtualization: text("EC2's value: hvm, paravirtual."),
    rootDevice: text("EC2's value: ebs, instance-store."),
  },
  { location: text('ImageLocation of an instance-store AMI: bucket/prefix.manifest.xml.') },
);

const bundle = object(
  "The place of an instance-store AMI's bundle in S3.",
  {
    bucket: text('The bucket.'),
    prefix: text('The prefix of the names of its objects, before .manifest.xml and .part.0.'),
    credentials: choice('The credentials that the builder uploads with.', [
      'instance-profile',
      'command-line',
    ]),
  },
  { partition: constant('The partition table of the image.', 'mbr') },
);

const copy = object(
  'How a copied target is made. Absent: Packer builds it.',
  { from: text('The target that it is copied from.'), region: text('Its region.') },
  {
    within: count('The minutes in which EC2 has to finish the copy, at a charge. Absent: no limit.', 1),
  },
);

const encryption = object(
  'How its volumes are encrypted. Absent: the mappings of the config, the account and the base image decide.',
  {},
  {
    kmsKey: text(
      'The KMS key, as the config names it. Absent: the default EBS key of the account and region.',
    ),
    devices: list(
      'For a built target: the volumes of its base image.',
      object('A volume.', {
        name: text('The name of its device, such as /dev/sda1.'),
        deleteOnTermination: flag('Whether it is deleted with its instance.'),
      }),
    ),
  },
);

const options = (description: string) => ({ description, type: 'object' }) as const;

const packer = object("Packer's part, before our own options and tags.", {
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

const partChange = object(
  'A part of a recipe that changed.',
  {
    part: text(
      'Which: "builder.instance_type", "provisioners[0].inline", "file provision/hello.sh"; of a long value the place that differs, "provisioners[0].inline[3]".',
    ),
  },
  {
    was: text(
      'Its old value, as JSON; for a file its digest. Absent: it had none, it is long, or unknown here.',
    ),
    now: text('Its new value. Absent: it has none, or it is long.'),
  },
);

const change = object(
  'A reason for a new release.',
  {
    is: choice(
      '"first": no release is published. "target": the published release lacks an AMI. "base": the base image is another one. ' +
        '"recipe": options, provisioners or files changed. "age": it is older than --max-age.',
      ['first', 'target', 'base', 'recipe', 'age'],
    ),
    text: text('In words.'),
  },
  {
    targets: texts('The targets that it is about. Absent: all.'),
    was: text('The base image or recipe of the published AMIs. Absent if they differ in it.'),
    now: text('The current one.'),
    parts: list('The changed parts of the recipe, as far as they are known.', partChange),
  },
);

export const planTarget = object(
  'A target: one AMI that should exist.',
  {
    name: target,
    region,
    image,
    required: flag('Whether sharing waits until it is verified: false in best-effort regions.'),
    amiName: text('The name of its AMI.'),
    base,
    recipe: textLike('Hash of everything that the AMI is built from.', '^sha256:[0-9a-f]{64}$'),
    expect: expectation,
    packer,
    status: shownStatus,
  },
  {
    acceptsAnyRecipe: constant(
      'An AMI that was built from another recipe is kept, and counts: --accept-mixed.',
      true,
    ),
    parameters: list(
      'SSM parameters for its AMI, in its region. Absent: the config has none.',
      object('A parameter.', {
        name: text('Its name, a path.'),
        newest: flag(
          'Whether it follows the newest release: its name has no version. Such parameters are written last.',
        ),
      }),
    ),
    parts: {
      description:
        'Parts of the recipe by name, each with a digest: options, provisioners, files, the base image.',
      type: 'object',
      additionalProperties: { type: 'string' },
    } as const,
    recipeChanged: object(
      'How the recipe differs from the recipe of the plan in plan.json. Absent if it is the same, or there is no plan.',
      { since: text('The recipe of that plan.'), parts: list('What differs.', partChange) },
    ),
    newerBase,
    takenFrom: losesAccess,
    bundle,
    copy,
    encryption,
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
      'The checked-out git commit, which AMIs get as a tag. Absent: the config has no "git", or there is none.',
    ),
    record: text(
      'The first file that lists the AMIs, relative to the working folder; absent if there is none.',
    ),
    records: list(
      'All files that list the AMIs; absent if there are none.',
      object(
        'A file.',
        {
          file: text('Its path, from the working folder.'),
          as: choice('Its format.', recordFormats),
        },
        { name: text("Terraform's variable, or CloudFormation's mapping, if the config names one.") },
      ),
    ),
    secrets: list(
      'Names of secret variables, which Packer gets from its environment; no plan contains their values. Absent: none.',
      text('A name.'),
    ),
    lifecycle,
    checks: checksMade,
    parameters: list('The SSM parameters. Absent: the config has none.', parameterSeen),
    changed: constant('Always true: there is a reason for a new release. Absent without --if-changed.', true),
    changes: list('The reasons for it. Absent without --if-changed.', change),
    timeouts,
    candidate: constant('Always true: a candidate. Absent: it is not one.', true),
  },
);

const compared = {
  format,
  publication,
  changed: flag('Whether there is a reason for a new release.'),
  changes: list('The reasons for it; empty if there are none.', change),
};

const comparedWith = {
  release: described('The newest published release. Absent: there is none.', release),
  published: timestamp('When that was published: ISO 8601, UTC.'),
  yanked: text('Why it was withdrawn. Absent: it was not.'),
};

export const comparison = object(
  'What "plan --if-changed --json" writes if there is no reason for a new release.',
  compared,
  comparedWith,
);

export const comparedEvent = object(
  'What "publish --if-changed --json" writes first, and its only output if there is no reason for a new release.',
  { type: constant('Which event it is.', 'compared'), ...compared },
  comparedWith,
);

export const plannedPublication = object(
  'What is known of one of the publications, before any is published. One of "plan", "waitsFor" and "unchanged" is present.',
  {
    publication: text(
      'In the form of an argument of publish: its name or file, with the version if the config that is based on it names one.',
    ),
    release: text('Its release. If it is unchanged, the newest published one.'),
  },
  {
    plan: described('Its plan. Absent: it waits, or is unchanged.', plan),
    waitsFor: texts(
      'The earlier publications that it is based on and that are not published yet; its base images are found once they are.',
    ),
    targets: texts('The targets of a publication that waits.'),
    unchanged: described('Why no new release of it is needed (--if-changed).', comparison),
  },
);

export const plansWithBases = object(
  'What "plan --with-bases --json" writes: the plans of a publication and of its bases.',
  {
    format,
    publication,
    plans: list('In the order of publishing; the publication itself is the last.', plannedPublication),
  },
);

export type PlannedPublication = {
  publication: string;
  release: string;
  plan?: object;
  waitsFor?: string[];
  targets?: string[];
  unchanged?: Comparison;
};
export type Comparison = Static<typeof comparison>;
export type Change = Static<typeof change>;

export const doctorOutput = object(
  'What "doctor --json" writes: every check that was made, with its result.',
  {
    format,
    release,
    account,
    endpoint,
    checks: list('Every check, in a fixed order, region by region.', checkResult),
  },
  {
    saved: object('What "--save" wrote. Absent without that option.', {
      file: text('The file, as given.'),
      complete: flag('Whether every lookup for it succeeded.'),
      failedCalls: list('Failed calls: their results are not in the file.', failedCallParts),
      leftOut: texts(
        'Facts that settings of the sandbox cannot express, one sentence each, without its full stop.',
      ),
    }),
  },
);
