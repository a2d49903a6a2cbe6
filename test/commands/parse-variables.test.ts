import { expect, it } from 'vitest';
import { parseVariables } from '../../src/commands/parse-variables.ts';

it.each([
  [[], {}],
  [['a=1', 'b=2=3', 'c='], { a: '1', b: '2=3', c: '' }],
  [['a=1', 'a=2'], { a: '2' }],
  [['text=two\nlines'], { text: 'two\nlines' }],
])('--var %j sets the variables as written', (words, variables) => {
  expect(parseVariables(words)).toEqual(variables);
});

it.each(['a', '=1', '1a=2', 'my-name=x', ' a=1', ''])('refuses --var %j, and does not show it', (word) => {
  expect(() => parseVariables([word])).toThrow(/^--var: expected NAME=VALUE, .*, found something else$/);
});
