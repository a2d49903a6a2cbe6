import { expect, it } from 'vitest';
import type { Host } from '../../src/commands/host.ts';
import { refusedLine, reportRefusal } from '../../src/commands/refusal.ts';
import { ActionableError } from '../../src/lib/actionable-error.ts';
import { errorCode } from '../../src/lib/error-code.ts';

const problem = { place: 'configs/web.json: version', expected: 'a version', found: 'none' };
const other = { place: 'configs/web.json: regions', expected: 'a list', found: '1', advice: 'Write a list.' };

it('gives the parts of one problem, without missing parts', () => {
  expect(refusedLine(new ActionableError('config-invalid', problem))).toEqual({
    type: 'refused',
    format: 2,
    code: 'config-invalid',
    message: 'configs/web.json: version: expected a version, found none',
    ...problem,
    exit: 2,
  });
});

it('lists several problems, and gives the parts of the first', () => {
  const error = new ActionableError('config-invalid', [problem, other], { after: 'Nothing was built.' });
  expect(refusedLine(error)).toEqual({
    type: 'refused',
    format: 2,
    code: 'config-invalid',
    message:
      'configs/web.json: version: expected a version, found none\n' +
      'configs/web.json: regions: expected a list, found 1. Write a list.\nNothing was built.',
    ...problem,
    problems: [problem, other],
    exit: 2,
  });
});

it('gives only a message if there are no parts', () => {
  expect(refusedLine(new ActionableError('release-locked', 'web@1 is being published'))).toEqual({
    type: 'refused',
    format: 2,
    code: 'release-locked',
    message: 'web@1 is being published',
    exit: 4,
  });
});

it('is not mistaken for a system error because of its code', () => {
  expect(errorCode(new ActionableError('config-invalid', problem))).toBeUndefined();
});

function reported(error: unknown, json: boolean) {
  const texts = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof texts) => ({
    write(text: string) {
      texts[name] += text;
    },
  });
  const host = { stdout: stream('stdout'), stderr: stream('stderr') } as unknown as Host;
  return { exit: reportRefusal(error, { json }, host), ...texts };
}

it.each([
  [Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' }), 'system-error', /^The operating/],
  [new TypeError('x is not a function'), 'unexpected-error', /report this:\nTypeError: x is not.*\n +at /],
  ['thrown', 'unexpected-error', /report this:\nthrown\n$/],
])('has a code for an unexpected error: %s', (error, code, words) => {
  const { exit, stdout, stderr } = reported(error, true);
  expect(exit).toBe(1);
  expect(stderr).toMatch(words);
  expect(JSON.parse(stdout)).toMatchObject({ type: 'refused', code, exit: 1 });
});

it('writes nothing to stdout without --json', () => {
  const { stdout, stderr } = reported(new ActionableError('config-invalid', problem), false);
  expect([stdout, stderr]).toEqual(['', 'configs/web.json: version: expected a version, found none\n']);
});

it('writes no control or bidirectional character and no credential to either stream', () => {
  const hostile = 'a\u001b[31mb\u009b2Jc\u202ed\u2066e\u0007f\rg AKIAIOSFODNN7EXAMPLE';
  const error = new ActionableError('config-invalid', [{ ...problem, found: hostile }, other]);
  const { stdout, stderr } = reported(error, true);
  const shown = /[^\n\x20-\x7e]/;
  expect(stderr).not.toMatch(shown);
  expect(stdout).not.toMatch(shown);
  expect(stdout + stderr).not.toContain('AKIA');
  // Escaped, not lost: a program that reads it gets the text as it is.
  expect(JSON.parse(stdout).found).toContain('\u009b2Jc\u202ed\u2066e\u0007');
  expect(stderr.split('\n')).toHaveLength(3);
});
