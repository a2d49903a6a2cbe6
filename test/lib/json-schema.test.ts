import { expect, it } from 'vitest';
import { list, object, schemaFileText, text } from '../../src/lib/json-schema.ts';

it('a definition is referenced wherever it is used, also in other definitions', () => {
  const part = object('A part.', { name: text('Its name.') });
  const whole = object('The whole.', { parts: list('Its parts.', part) });
  expect(JSON.parse(schemaFileText({ title: 'A file', ...list('Wholes.', whole) }, { part, whole }))).toEqual(
    {
      title: 'A file',
      description: 'Wholes.',
      type: 'array',
      items: { $ref: '#/definitions/whole' },
      definitions: {
        part,
        whole: {
          ...whole,
          properties: { parts: list('Its parts.', { $ref: '#/definitions/part' }) },
        },
      },
    },
  );
});

it('optional fields are not required', () => {
  const { required, properties } = object('A thing.', { id: text('Its id.') }, { name: text('Its name.') });
  expect({ required, keys: Object.keys(properties) }).toEqual({ required: ['id'], keys: ['id', 'name'] });
});
