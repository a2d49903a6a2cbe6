import type { Schema } from '../lib/validate-shape.ts';
import { builderOptions, copyFrom, copyWithin, encryption, name, plainName } from './schema-parts.ts';

const placeholder = String.raw`\{(?:var\.)?[A-Za-z]\w*\}`;
const ofVariable = String.raw`\{var\.[A-Za-z]\w*\}`;

const oneBase =
  'exactly one of {"ubuntu": "2204"}, {"ssm": "/path"}, {"filter": {…}}, {"id": {"us-east-1": "ami-…"}} and ' +
  '{"publication": "baseline", "image": "2404"}';

/** A key of a base that excludes the others. */
const alone = { type: 'object', maxProperties: 1, expected: oneBase } as const satisfies Schema;

const base = {
  type: 'object',
  properties: {
    ubuntu: {
      type: 'string',
      pattern: `^(?:[0-9]{4}|.*${placeholder}.*)$`,
      description: "An Ubuntu release by its four digits: Canonical's newest image of it.",
      expected: 'an Ubuntu release in four digits in quotes, such as "2204"',
    },
    ssm: {
      type: 'string',
      pattern: `^(?:/|${placeholder})`,
      description: 'The path of an SSM parameter that holds the id of an AMI.',
      expected: 'the path of an SSM parameter, with a "/" in front',
    },
    filter: {
      type: 'object',
      properties: {
        owners: {
          type: 'array',
          minItems: 1,
          uniqueItems: true,
          items: {
            type: 'string',
            pattern: `^(?:[0-9]{12}|self|amazon|aws-marketplace)$|${ofVariable}`,
            expected: 'an account id in quotes, "self", "amazon" or "aws-marketplace"',
          },
          description: 'The owners of the images to choose from.',
          expected: 'a list of account ids in quotes',
        },
      },
      required: ['owners'],
      minProperties: 2,
      additionalProperties: {
        type: ['string', 'array'],
        minLength: 1,
        minItems: 1,
        items: name('A value.', 'a text that is not empty'),
        expected: 'a text or a list of texts',
      },
      description:
        'The newest image of these owners that matches: filters of DescribeImages, such as "name".',
      expected: 'an object, such as {"owners": ["136693071363"], "name": "debian-12-amd64-*"}',
    },
    id: {
      type: 'object',
      minProperties: 1,
      additionalProperties: {
        type: 'string',
        pattern: `^ami-(?:[0-9a-f]{8}|[0-9a-f]{17})$|${ofVariable}`,
        expected: 'the id of an AMI, such as "ami-0123456789abcdef0"',
      },
      description: 'The id of an AMI in each region.',
      expected: 'an object of regions and ids, such as {"us-east-1": "ami-0123456789abcdef0"}',
    },
    publication: {
      type: 'string',
      pattern: `^(?:[A-Za-z0-9_][A-Za-z0-9._-]*|.*${placeholder}.*)$`,
      description: 'Another publication, whose AMI is the base: the name of its config, such as "baseline".',
      expected: 'the name of a publication, such as "baseline"',
    },
    image: name(
      'With "publication": which of its images.',
      'the name of an image of that publication, such as "2404"',
    ),
    release: {
      type: 'string',
      pattern: `^(?:${plainName.slice(1, -1)}|.*${placeholder}.*)$`,
      default: 'latest',
      description:
        'With "publication": a version of it, or "latest": the newest release that is published and not yanked; candidates ' +
        'only by their version.',
      expected: 'a version, such as "1.2.0", or "latest"',
    },
    owner: {
      type: 'string',
      pattern: `^[0-9]{12}$|${ofVariable}`,
      description:
        'With "publication": the account that published it, if it is another one. It needs "amiName".',
      expected: 'an account id: twelve digits in quotes',
    },
    amiName: {
      type: 'string',
      pattern: String.raw`\{version\}`,
      description:
        'With "owner": the name of its AMIs, with {version} for its version, since AWS does not show other accounts the tags.',
      expected: 'the name of an AMI with {version} in it, such as "baseline {version} {image}"',
    },
  },
  additionalProperties: false,
  minProperties: 1,
  dependencies: {
    ubuntu: alone,
    ssm: alone,
    filter: alone,
    id: alone,
    publication: ['image'],
    image: ['publication'],
    release: ['publication'],
    owner: ['publication', 'amiName'],
    amiName: ['owner'],
  },
  description:
    'The image to start from; found in each region when the plan is made. Examples: {"ubuntu": "2404"}, ' +
    '{"publication": "baseline", "image": "2404"}.',
  expected: oneBase,
} as const satisfies Schema;

const bundle = {
  type: 'object',
  properties: {
    bucket: name(
      'The bucket of the bundles, created if it does not exist; with placeholders. It must not contain dots; those of ' +
        '{version} become "-".',
      'the name of a bucket, such as "my-images-{version}-{region}"',
    ),
    credentials: {
      type: 'string',
      enum: ['instance-profile', 'command-line'],
      default: 'instance-profile',
      description:
        'What the builder uploads the bundle with: its "iam_instance_profile", or keys on the command line there.',
      expected: '"instance-profile" or "command-line"',
    },
  },
  additionalProperties: false,
  description: 'How an instance-store image is uploaded to S3.',
  expected: 'an object, such as {"bucket": "my-images-{version}-{region}"}',
} as const satisfies Schema;

/** One of `images`. */
export const image = {
  type: 'object',
  properties: {
    matrix: {
      type: 'object',
      propertyNames: {
        pattern: String.raw`^[A-Za-z]\w*$`,
        expected: 'the name of a variable: letters, digits, "_"',
      },
      additionalProperties: {
        type: 'array',
        minItems: 1,
        uniqueItems: true,
        items: name('A value.', 'a text that is not empty'),
        expected: 'a list of texts, at least one',
      },
      description: 'Variables and their values. Every combination of values is one image.',
      expected: 'an object of lists, such as {"ubuntu": ["2204", "2404"]}',
    },
    exclude: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        minProperties: 1,
        additionalProperties: name('A value of the matrix.', 'a text that is not empty'),
        expected: 'an object of variables and values, such as {"ubuntu": "2404", "virtualization": "pv"}',
      },
      description: 'Combinations of the matrix to skip: those that have all values of one of these.',
      expected: 'a list of objects, such as [{"ubuntu": "2404", "virtualization": "pv"}]',
    },
    regions: {
      type: 'array',
      minItems: 1,
      uniqueItems: true,
      items: name('A region.', 'a region that is in "regions"'),
      description: 'The regions in which this image is made; all of the publication by default.',
      expected: 'a list of regions, at least one',
    },
    name: name(
      "The image's name. A target is named after its region and image: us-east-1-2204-hvm.",
      'a name, such as "{ubuntu}-{virtualization}"',
    ),
    amiName: name(
      "The AMI name of this image, in place of the publication's.",
      'an AMI name, with placeholders',
    ),
    base,
    architecture: {
      type: 'string',
      pattern: `^(?:x86_64|arm64|.*${placeholder}.*)$`,
      description: 'By default the matrix variable of that name, or x86_64.',
      expected: '"x86_64" or "arm64"',
    },
    virtualization: {
      type: 'string',
      pattern: `^(?:hvm|pv|.*${placeholder}.*)$`,
      description: 'By default the matrix variable of that name, or hvm.',
      expected: '"hvm" or "pv"',
    },
    rootDevice: {
      type: 'string',
      enum: ['ebs', 'instance-store'],
      default: 'ebs',
      description: 'Where the root volume is.',
      expected: '"ebs" or "instance-store"',
    },
    bundle,
    copyFrom: {
      ...copyFrom('this image is', 'By default as in the publication.'),
      type: ['string', 'boolean'],
      expected: 'a region as AWS writes it, such as "us-east-1", or false: it is built in every region',
    },
    copyWithin: copyWithin(),
    encryption: encryption('this image', 'By default as in the publication.'),
    builder: builderOptions(
      "Options of Packer's builder, amazon-ebs or amazon-instance by the root device, under Packer's own names.",
    ),
  },
  required: ['name', 'base', 'builder'],
  additionalProperties: false,
  expected: 'an image: an object with "name", "base" and "builder"',
} as const satisfies Schema;
