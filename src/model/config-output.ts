import { constant, object, text } from '../lib/json-schema.ts';
import { format, publication } from './output-parts.ts';

/** The output of `plan --show-config --json`. */
export const configOutput = object('A config with everything that it extends: "plan --show-config --json".', {
  type: constant('The kind of this object.', 'config'),
  format,
  publication,
  file: text('The config that was named.'),
  config: {
    description: 'All of its files merged into one config.',
    type: 'object',
    additionalProperties: true,
  } as const,
  origins: {
    description: 'Where each value was written, by its place: images[0].builder.',
    type: 'object',
    additionalProperties: object('File and line.', {
      file: text('The file, in the form of messages.'),
      line: { description: 'From 1.', type: 'integer', minimum: 1 } as const,
    }),
  } as const,
});
