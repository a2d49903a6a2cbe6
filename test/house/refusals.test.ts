import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { refusals } from '../../src/lib/refusal-codes.ts';
import { root, sectionOf, textOf } from './markdown.ts';

const list = 'src/lib/refusal-codes.ts';
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file: `src/${file}`, text: readFileSync(join(root, 'src', file), 'utf8') }));

it('docs/commands.md has every code of a refusal, with its exit status and meaning, and no other', () => {
  const rows = [
    ...sectionOf('docs/commands.md', '## Refusals').matchAll(/^\| `([a-z-]+)` \| (\d+) \| (.*) \|$/gm),
  ].map(([, code, exit, means]) => [code, Number(exit), means]);
  const expected = Object.entries(refusals).map(([code, { exit, means }]) => [code, exit, means]);
  expect(rows).toEqual(expected);
});

it('docs/troubleshooting.md names only existing codes', () => {
  const named = [...textOf('docs/troubleshooting.md').matchAll(/`([a-z]+(?:-[a-z]+)+)`/g)].map(
    ([, word = '']) => word,
  );
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((word) => !Object.hasOwn(refusals, word))).toEqual([]);
});

it('every code is used somewhere', () => {
  const others = sources
    .filter(({ file }) => file !== list)
    .map(({ text }) => text)
    .join('\n');
  expect(Object.keys(refusals).filter((code) => !others.includes(`'${code}'`))).toEqual([]);
});

it('a code consists of lower-case letters and hyphens', () => {
  expect(Object.keys(refusals).filter((code) => !/^[a-z]+(?:-[a-z]+)*$/.test(code))).toEqual([]);
});

/** The files that write to a terminal make every text printable first. */
const writers = ['src/bin.ts', 'src/commands/say.ts', 'src/commands/progress-line.ts', 'src/process.ts'];

it('everything written to stdout or stderr is made printable first', () => {
  const writes = sources.filter(
    ({ file, text }) =>
      !file.startsWith('src/report/') && /\b(?:std(?:out|err)|stream)\.write\(|\bconsole\./.test(text),
  );
  expect(writes.map(({ file }) => file).filter((file) => !writers.includes(file))).toEqual([]);
});
