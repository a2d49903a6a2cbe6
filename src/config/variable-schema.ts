import { variableName } from '../lib/placeholders.ts';
import type { Schema } from '../lib/validate-shape.ts';

/** The types of variables, as configs name them. */
export const variableTypes = ['text', 'number', 'boolean', 'list'] as const;

export const variables = {
  type: 'object',
  propertyNames: {
    pattern: `^${variableName}$`,
    expected: 'the name of a variable: letters, digits and "_", a letter first',
  },
  additionalProperties: {
    type: ['string', 'number', 'boolean', 'array', 'object', 'null'],
    items: { type: 'string', expected: 'a text in quotes' },
    properties: {
      type: {
        type: 'string',
        enum: variableTypes,
        description: 'The type of a required value.',
        expected: '"text", "number", "boolean" or "list"',
      },
      secret: {
        type: 'boolean',
        description:
          'Whether the value is a secret: it comes from the environment or a file, and only Packer and the builder see it.',
        expected: 'true or false',
      },
    },
    additionalProperties: false,
    minProperties: 1,
    expected:
      'a text in quotes, a number, true or false, a list of texts; null, {"type": "list"} or {"secret": true} if the value is required',
  },
  description:
    'The values of {var.NAME}. "--var NAME=VALUE", "--var-file FILE" and GOPACKGO_VAR_NAME override them, and are required ' +
    'if there is none.',
  expected: 'an object of names and values, such as {"environment": "staging"}',
} as const satisfies Schema;
