import type { Schema } from '../lib/validate-shape.ts';
import { recordFormats } from '../model/publication.ts';
import { gitSchema } from './git-schema.ts';
import { image } from './image-schema.ts';
import { lifecycleProperties } from './lifecycle-schema.ts';
import { notifySchema } from './notify-schema.ts';
import {
  builderOptions,
  copyFrom,
  copyWithin,
  encryption,
  name,
  orVariable,
  plainNameOrTimestamp,
  regionPattern,
} from './schema-parts.ts';
import { timeouts } from './timeouts-schema.ts';
import { variables } from './variable-schema.ts';

const targetsOfProvisioner = (description: string) =>
  ({
    type: 'array',
    minItems: 1,
    uniqueItems: true,
    items: name(
      'An image ("2204-hvm") or a target ("us-east-1-2204-hvm").',
      'the name of an image or of a target',
    ),
    description,
    expected: 'a list of names of images or targets',
  }) as const satisfies Schema;

const accountPattern = '^[0-9]{12}$';

const accounts = {
  type: 'array',
  uniqueItems: true,
  items: {
    type: 'string',
    pattern: orVariable(accountPattern),
    expected: 'an account id: twelve digits in quotes',
  },
  description: 'Accounts that may launch the AMIs. An empty list: nobody.',
  expected: 'a list of account ids',
} as const satisfies Schema;

const arns = (kind: string, pattern: string, example: string) =>
  ({
    type: 'array',
    uniqueItems: true,
    items: {
      type: 'string',
      pattern: orVariable(pattern),
      expected: `the ARN of an ${kind}, such as "${example}"`,
    },
    description: `ARNs of ${kind}s whose accounts may launch the AMIs. Snapshots cannot be shared with them.`,
    expected: `a list of ARNs of ${kind}s`,
  }) as const satisfies Schema;

const organizationPattern = '^arn:aws[a-z-]*:organizations::[0-9]{12}:organization/o-[a-z0-9]{10,32}$';
const unitPattern =
  '^arn:aws[a-z-]*:organizations::[0-9]{12}:ou/o-[a-z0-9]{10,32}/ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}$';

export const shareProperties = {
  public: {
    type: 'boolean',
    default: false,
    description: 'Whether everybody may launch the AMIs.',
    expected: 'true or false',
  },
  accounts,
  organizations: arns(
    'organization',
    organizationPattern,
    'arn:aws:organizations::123456789012:organization/o-a1b2c3d4e5',
  ),
  organizationalUnits: arns(
    'organizational unit',
    unitPattern,
    'arn:aws:organizations::123456789012:ou/o-a1b2c3d4e5/ou-ab12-12345678',
  ),
  snapshots: {
    type: 'boolean',
    default: true,
    description:
      'Whether those who may launch an AMI may also copy it: its snapshots are shared too, with everybody or with ' +
      'accounts. By default they are.',
    expected: 'true or false',
  },
} as const satisfies Record<string, Schema>;

/** The required form of each list item, once variables are filled in. */
export const shareItemPatterns = {
  accounts: { pattern: accountPattern, expected: accounts.items.expected },
  organizations: { pattern: organizationPattern, expected: shareProperties.organizations.items.expected },
  organizationalUnits: { pattern: unitPattern, expected: shareProperties.organizationalUnits.items.expected },
} as const;

const shareSchema = (description: string) =>
  ({
    type: 'object',
    properties: shareProperties,
    additionalProperties: false,
    description,
    expected: 'an object, such as {"accounts": ["123456789012"]}',
  }) as const satisfies Schema;

const recordedFile = {
  type: 'object',
  properties: {
    file: {
      type: 'string',
      pattern: String.raw`^[^\\\u0000-\u001f]+$`,
      description: 'Its path, relative to the working folder, where configs/ is.',
      expected: 'the path of a file, such as "ami_ids.json"',
    },
    as: {
      type: 'string',
      enum: recordFormats,
      default: 'ids',
      description: 'Its format; ids by default.',
      expected: recordFormats.map((format) => `"${format}"`).join(', '),
    },
    name: {
      type: 'string',
      pattern: '^[A-Za-z_][A-Za-z0-9_-]*$',
      description:
        'The Terraform variable or CloudFormation mapping that holds the AMIs. By default it is named after the publication.',
      expected: 'a name of letters, digits, "_" and "-", a letter or "_" first',
    },
  },
  required: ['file'],
  additionalProperties: false,
  expected: 'an object, such as {"file": "amis.auto.tfvars.json", "as": "terraform"}',
} as const satisfies Schema;

const record = {
  type: ['string', 'array'],
  pattern: String.raw`^[^\\\u0000-\u001f]+\.json$`,
  minItems: 1,
  items: recordedFile,
  description:
    'The file that the ids of the AMIs are written to once all are published, or a list of files. Paths are relative to the ' +
    'working folder, where configs/ is.',
  expected: 'the path of a .json file, such as "ami_ids.json", or a list, such as [{"file": "ami_ids.json"}]',
} as const satisfies Schema;

const parameters = {
  type: 'array',
  uniqueItems: true,
  items: {
    type: 'string',
    pattern: orVariable('^/'),
    expected: 'the path of an SSM parameter, such as "/web/{version}/{image}/ami-id"',
  },
  description:
    'SSM parameters that name the AMIs once all are published, in the region of each. Placeholders: {version}, {image}, ' +
    '{region}, {publication}, {architecture}, {virtualization}, {var.NAME} and the variables of the matrix. One without {version} ' +
    'follows the promoted release.',
  expected: 'a list of paths, such as ["/web/{version}/{image}/ami-id"]',
} as const satisfies Schema;

const retention = {
  type: 'object',
  properties: {
    keepLast: {
      type: 'integer',
      minimum: 1,
      description:
        'How many of the newest AMIs of each image and region are kept; 1 if only "olderThan" is set.',
      expected: 'a whole number, 1 or more',
    },
    olderThan: {
      type: 'string',
      pattern: '^[0-9]{1,5}[hdw]$',
      description: 'Only AMIs that are older are deleted: "12h", "180d", "26w".',
      expected: 'a length of time in hours, days or weeks, such as "180d"',
    },
    retireFor: {
      type: 'string',
      pattern: '^[0-9]{1,5}[hdw]$',
      description:
        'AMIs are made private and disabled first, and deleted by a cleanup after this time: "30d". Without it they are deleted at once.',
      expected: 'a length of time in hours, days or weeks, such as "30d"',
    },
  },
  minProperties: 1,
  additionalProperties: false,
  description:
    'Which AMIs of older releases "gopackgo cleanup" deletes if its options choose none. Publishing deletes nothing.',
  expected: 'an object, such as {"keepLast": 3, "olderThan": "180d"}',
} as const satisfies Schema;

export const regionProperties = {
  bestEffort: {
    type: 'boolean',
    default: false,
    description: 'Whether the rest is published if this region fails. By default it is not.',
    expected: 'true or false',
  },
  build: {
    type: 'boolean',
    default: false,
    description: 'Whether images are built here even if "copyFrom" says to copy them from another region.',
    expected: 'true or false',
  },
} as const satisfies Record<string, Schema>;

const regions = {
  type: ['array', 'object'],
  minItems: 1,
  uniqueItems: true,
  items: {
    type: 'string',
    pattern: regionPattern,
    expected: 'a region as AWS writes it, such as "us-east-1"',
  },
  minProperties: 1,
  propertyNames: {
    pattern: regionPattern,
    expected: 'a region as AWS writes it, such as "us-east-1"',
  },
  additionalProperties: {
    ...builderOptions("Options of Packer's builder for this region only."),
    properties: regionProperties,
  },
  description:
    'The regions that get the AMIs: a list of names, or an object of names and options that differ there.',
  expected: 'at least one region, in a list ["us-east-1"] or an object {"us-east-1": {}}',
} as const satisfies Schema;

const provisioner = {
  type: 'object',
  properties: {
    type: name('Which provisioner of Packer.', 'a provisioner of Packer, such as "shell" or "file"'),
    only: targetsOfProvisioner('Runs only for these.'),
    except: targetsOfProvisioner('Runs for all but these.'),
  },
  required: ['type'],
  additionalProperties: true,
  expected: 'a provisioner: an object with "type"',
} as const satisfies Schema;

const version = {
  type: ['string', 'object'],
  pattern: plainNameOrTimestamp,
  properties: {
    file: name(
      'The file that holds the version. Its path is relative to the folder of this file.',
      'the path of a file, such as "../package.json"',
    ),
    match: name(
      'A regular expression (of JavaScript) with one group, which is the version; ^ and $ match at lines.',
      'a regular expression with one group, such as ""version": "([^"]+)""',
    ),
  },
  required: ['file', 'match'],
  additionalProperties: false,
  description:
    'The release is named after the file and this: test-ebs@1.0.0. With {timestamp} each publish is a new release. ' +
    'Or the file that holds the version, and a pattern.',
  expected:
    'a version in quotes: at most 60 letters, digits, "-", "_" and single ".", a letter or digit first; or the file that ' +
    'holds it, {"file": "../VERSION", "match": "^(.+)$"}',
} as const satisfies Schema;

/** A file in `configs/`. `editor-schema.ts` writes `configs/schema.json` from this; the descriptions are what editors show. */
export const publicationSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'A gopackgo publication',
  description: 'Which AMIs, in which regions, shared with whom.',
  type: 'object',
  properties: {
    $schema: { type: 'string', description: 'For editors: "./schema.json".', expected: 'a path in quotes' },
    extends: {
      type: ['string', 'array'],
      minLength: 1,
      minItems: 1,
      items: name('A config.', 'the path of a config, such as "./base.json"'),
      description:
        'The config, or a list of them, that this one extends: objects merge key by key, lists and plain values replace, ' +
        'null removes. Paths are relative to the folder of this file.',
      expected: 'the path of a config, such as "./base.json", or a list of paths',
    },
    version,
    account: {
      type: 'string',
      pattern: '^[0-9]{12}$',
      description: 'The account to publish from. Any other account is refused.',
      expected: 'an account id: twelve digits in quotes',
    },
    amiName: name(
      'The name of the AMIs. Placeholders: {version}, {region}, {publication}, {image}, {virtualization}, ' +
        '{architecture} and the variables of the matrix.',
      'an AMI name, such as "web {version} {image}"',
    ),
    regions,
    copyFrom: copyFrom('the images are', 'By default they are built in every region.'),
    copyWithin: copyWithin(),
    encryption: encryption('the AMIs', 'Without it, their mappings, the account and the base image decide.'),
    images: {
      type: 'array',
      minItems: 1,
      items: image,
      description: 'The images. Each one becomes an AMI in each region.',
      expected: 'a list of images, at least one',
    },
    provisioners: {
      type: 'array',
      items: provisioner,
      description: "Packer's provisioners for the images, in order, in the form of Packer's documentation.",
      expected: 'a list of provisioners',
    },
    inputs: {
      type: 'array',
      minItems: 1,
      uniqueItems: true,
      items: {
        type: 'string',
        pattern: '^!?[^!]',
        expected: 'a pattern, such as "deploy/**", or one to exclude, with "!" in front',
      },
      description:
        'Files that belong to the recipe although no provisioner names them: patterns, relative to the folder of this file, such as ' +
        '["../deploy/**", "!**/*.md"]. If one of them changes, so does the recipe.',
      expected: 'a list of patterns, such as ["../deploy/**", "!**/*.md"]',
    },
    variables,
    share: shareSchema(
      'Who may launch the AMIs, once all of them are verified. Nobody else, unless named here.',
    ),
    record,
    parameters,
    git: gitSchema,
    timeouts,
    ...lifecycleProperties,
    notify: notifySchema,
    candidates: {
      type: 'object',
      properties: {
        share: shareSchema('Who may launch the AMIs of a candidate. Nobody, unless named here.'),
        record,
        parameters,
      },
      additionalProperties: false,
      description:
        'Replaces "share", "record" and "parameters" for a version with a pre-release part, such as ' +
        '2.6.4-beta1. Without it, such AMIs are shared with nobody and recorded nowhere.',
      expected: 'an object, such as {"share": {"accounts": ["123456789012"]}}',
    },
    retention,
  },
  required: ['version', 'amiName', 'regions', 'images'],
  additionalProperties: false,
  expected: 'a publication: an object in {}',
} as const satisfies Schema;
