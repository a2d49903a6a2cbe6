import { expect, it } from 'vitest';
import { refusedLine } from '../../src/commands/refusal.ts';
import { ActionableError } from '../../src/lib/actionable-error.ts';
import type { Problem } from '../../src/lib/problem.ts';
import { refuseProblems } from '../../src/lib/refuse-problems.ts';

const problems = (count: number): Problem[] =>
  Array.from({ length: count }, (_, index) => ({
    place: `images[${index}]`,
    expected: 'an image',
    found: 'nothing',
  }));

function refusal(of: readonly Problem[]): ActionableError {
  try {
    refuseProblems('configs/web.json', of);
  } catch (error) {
    if (error instanceof ActionableError) return error;
  }
  throw new Error('not refused');
}

it.each([
  [50, 50, 'configs/web.json: images[49]: expected an image, found nothing'],
  [51, 51, 'and 1 more problem'],
  [5000, 51, 'and 4950 more problems'],
])('of %i problems %i lines are shown, with the number of the others', (count, lines, last) => {
  const { message } = refusal(problems(count));
  expect(message.split('\n')).toHaveLength(lines);
  expect(message.split('\n').at(-1)).toBe(last);
});

it('JSON lists the same number', () => {
  expect(refusedLine(refusal(problems(5000))).problems).toHaveLength(50);
});

it('a problem that occurs twice is listed once', () => {
  expect(refusal([...problems(1), ...problems(1)]).problems).toHaveLength(1);
});
