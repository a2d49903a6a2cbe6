import { builderOptions, name, type Schema } from './schema-parts.ts';

const placeholder = String.raw`\{[A-Za-z]\w*\}`;

const base: Schema = {
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
  },
  additionalProperties: false,
  minProperties: 1,
  maxProperties: 1,
  description: 'The image to start from; found in each region when the plan is made.',
  expected: 'exactly one of {"ubuntu": "2204"} and {"ssm": "/path"}',
};

/** One of `images`. */
export const image: Schema = {
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
    name: name(
      "The image's name. A target is called after its region and image: us-east-1-2204-hvm.",
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
      description: 'The variable of that name in the matrix, or else x86_64.',
      expected: '"x86_64" or "arm64"',
    },
    virtualization: {
      type: 'string',
      pattern: `^(?:hvm|pv|.*${placeholder}.*)$`,
      description: 'The variable of that name in the matrix, or else hvm.',
      expected: '"hvm" or "pv"',
    },
    rootDevice: {
      type: 'string',
      enum: ['ebs'],
      default: 'ebs',
      description: 'Where the root volume lies.',
      expected: '"ebs"',
    },
    builder: builderOptions("Options of Packer's amazon-ebs builder, under Packer's own names."),
  },
  required: ['name', 'base', 'builder'],
  additionalProperties: false,
  expected: 'an image: an object with "name", "base" and "builder"',
};
