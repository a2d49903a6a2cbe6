import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { outputSchemaText } from '../../src/model/output-schema.ts';

it('docs/output.schema.json is what its source makes; if not: npm run schema', () => {
  const file = join(import.meta.dirname, '../../docs/output.schema.json');
  expect(readFileSync(file, 'utf8')).toBe(outputSchemaText());
});

it('every definition has its name once, and none is written out where it is used', () => {
  const { definitions } = JSON.parse(outputSchemaText()) as { definitions: Record<string, object> };
  const written = JSON.stringify(definitions);
  const copies = Object.entries(definitions).filter(
    ([, definition]) => written.split(JSON.stringify(definition)).length !== 2,
  );
  expect(copies.map(([name]) => name)).toEqual([]);
});
