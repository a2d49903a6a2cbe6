import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import { notificationSchemaText } from '../../src/model/notification-output.ts';
import { outputSchemaText } from '../../src/model/output-schema.ts';

it('docs/output.schema.json matches its source; if not, run npm run schema', () => {
  const file = join(import.meta.dirname, '../../docs/output.schema.json');
  expect(readFileSync(file, 'utf8')).toBe(outputSchemaText());
});

it('docs/notification.schema.json matches its source; if not, run npm run schema', () => {
  const file = join(import.meta.dirname, '../../docs/notification.schema.json');
  expect(readFileSync(file, 'utf8')).toBe(notificationSchemaText());
});

it('every definition has a unique name, and is referenced rather than repeated', () => {
  const { definitions } = JSON.parse(outputSchemaText()) as { definitions: Record<string, object> };
  const written = JSON.stringify(definitions);
  const copies = Object.entries(definitions).filter(
    ([, definition]) => written.split(JSON.stringify(definition)).length !== 2,
  );
  expect(copies.map(([name]) => name)).toEqual([]);
});

it('a plan may have a Windows base image', () => {
  const ajv = new Ajv({ allowUnionTypes: true }).addSchema(JSON.parse(outputSchemaText()), 'output');
  const validate = ajv.getSchema('output#/definitions/planTarget/properties/base');
  const base = {
    id: 'ami-0123456789abcdef0',
    name: 'Windows',
    owner: '801119661308',
    asked: 'id',
    via: 'fixed',
  };
  expect(
    [base, { ...base, windows: true }, { ...base, windows: false }].map((one) => validate?.(one)),
  ).toEqual([true, true, false]);
});
