import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { operations } from '../../sandbox/testing/internals.ts';
import { operationsPage } from '../referees/operations-page.ts';
import { root, textOf } from './markdown.ts';

it('docs/sandbox-operations.md matches the code and the judges', async () => {
  expect(textOf('docs/sandbox-operations.md'), 'write it anew: node scripts/write-operations.ts').toBe(
    await operationsPage(),
  );
});

const folder = join(root, 'test/referees/judged');

it.each(readdirSync(folder))('%s belongs to an existing judge, and has only existing operations', (file) => {
  const { test, operations: judged } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  expect(textOf(test)).toContain(`holdExercised('${file.replace(/\.json$/, '')}'`);
  const had = Object.entries(operations).flatMap(([service, its]) =>
    Object.keys(its).map((name) => `${service}:${name}`),
  );
  expect(Object.keys(judged).filter((operation) => !had.includes(operation))).toEqual([]);
  expect(Object.keys(judged)).not.toEqual([]);
});
