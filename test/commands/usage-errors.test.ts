import { expect, it } from 'vitest';
import { usageError } from '../../src/commands/usage-errors.ts';
import { problemText } from '../../src/lib/problem.ts';

const options = {
  plan: { json: { describe: 'Write JSON' }, out: { describe: 'File for the plan', value: 'FILE' } },
  publish: { yes: { describe: 'Do not ask' } },
};
const publications = () => ['web', 'shop'];

function said(words: string[], message: string): string {
  const found = usageError(message, { words, options, publications });
  return typeof found === 'string' ? found : found.map(problemText).join('\n');
}

it.each([
  [
    ['pln'],
    'Unknown command',
    '"pln": expected a command (plan, publish), found none of that name. Did you mean "plan"?',
  ],
  [
    ['plan', 'web', '--jsno'],
    'Unknown argument: jsno',
    '--jsno: expected an option of "gopackgo plan", found none of that name. Did you mean "--json"?',
  ],
  [
    ['plan', 'web', '--yes'],
    'Unknown argument: yes',
    '--yes: expected an option of "gopackgo plan", found none of that name. It belongs to publish.',
  ],
  [
    ['plan', 'web', '-jsno', '-out=plan.json', '-yes'],
    'Unknown arguments: j, n, o, u, t, e',
    [
      '-jsno: expected an option of "gopackgo plan", found none of that name. Did you mean "--json"?',
      '-out: expected an option of "gopackgo plan", found none of that name. Did you mean "--out"?',
      '-yes: expected an option of "gopackgo plan", found none of that name. It belongs to publish.',
    ].join('\n'),
  ],
  [
    ['plan', 'web', 'shop@1.0'],
    'Unknown argument: shop@1.0',
    'gopackgo plan: expected one publication, found 2: web, shop@1.0',
  ],
  [
    ['plan', 'web', 'a', 'b'],
    'Unknown arguments: a, b',
    'gopackgo plan: expected no further words, found "a", "b"',
  ],
  [
    ['plan', 'web'],
    'Missing required argument: out',
    'gopackgo plan: expected --out FILE: file for the plan, found none',
  ],
  [
    ['plan', 'web', '--out'],
    'Not enough arguments following: out',
    '--out: expected a value after it, found none',
  ],
  [
    ['plan', 'web'],
    'Arguments json and out are mutually exclusive',
    '--json and --out: expected one of them, found both',
  ],
  [
    ['plan'],
    'Not enough non-option arguments: got 0, need at least 1',
    'gopackgo plan: expected a publication: the name of a file in configs/, such as test-ebs, or a path, found none. There are: web, shop.',
  ],
  [['plan'], 'A sentence of next year', 'A sentence of next year'],
])('%j', (words, message, expected) => {
  expect(said(words, message)).toBe(expected);
});
