import type { Schema } from '../lib/validate-shape.ts';

const tag = (of: string) =>
  ({
    type: 'string',
    minLength: 1,
    description: `The name of the git tag that ${of} gets once it is published; {version} and {publication} stand for its own.`,
    expected: 'the name of a tag with {version} in it, such as "release/{version}"',
  }) as const satisfies Schema;

export const gitSchema = {
  type: 'object',
  properties: {
    clean: {
      type: 'boolean',
      default: false,
      description: 'Whether nothing is built while there are changes that are not committed.',
      expected: 'true or false',
    },
    pushed: {
      type: 'boolean',
      default: false,
      description: 'Whether nothing is built while the remote does not have the commit.',
      expected: 'true or false',
    },
    tag: tag('a release'),
    candidateTag: tag('a candidate'),
  },
  additionalProperties: false,
  description:
    'What git has to say before anything is built, and the tag of a release. With it every AMI has the commit as a tag, gopackgo:commit (docs/git.md).',
  expected: 'an object, such as {"clean": true, "pushed": true, "tag": "release/{version}"}',
} as const satisfies Schema;
