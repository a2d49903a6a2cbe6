import type { Schema } from '../lib/validate-shape.ts';

const tag = (of: string) =>
  ({
    type: 'string',
    minLength: 1,
    description: `The name of the git tag that ${of} gets once it is published; {version} and {publication} are filled in.`,
    expected: 'the name of a tag with {version} in it, such as "release/{version}"',
  }) as const satisfies Schema;

export const gitSchema = {
  type: 'object',
  properties: {
    clean: {
      type: 'boolean',
      default: false,
      description: 'Whether to refuse to build with uncommitted changes.',
      expected: 'true or false',
    },
    pushed: {
      type: 'boolean',
      default: false,
      description: 'Whether to refuse to build a commit that the remote does not have.',
      expected: 'true or false',
    },
    tag: tag('a release'),
    candidateTag: tag('a candidate'),
  },
  additionalProperties: false,
  description:
    'What is checked in git before anything is built, and the git tag of a release. With it, every AMI has the commit in its tag gopackgo:commit (docs/git.md).',
  expected: 'an object, such as {"clean": true, "pushed": true, "tag": "release/{version}"}',
} as const satisfies Schema;
