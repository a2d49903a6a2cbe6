import { ActionableError } from './actionable-error.ts';
import { inFile, type Problem, problemText } from './problem.ts';
import type { RefusalCode } from './refusal-codes.ts';

/** More are counted, not listed: one mistake in a generated config can be thousands of problems. */
const listedAtMost = 50;

/** @throws ActionableError that lists the problems of the file, a line each, if there are any; at most fifty of them. */
export function refuseProblems(
  file: string,
  problems: readonly Problem[],
  code: RefusalCode = 'config-invalid',
): void {
  if (problems.length === 0) return;
  const different = [...new Map(problems.map((one) => [problemText(one), inFile(file)(one)])).values()];
  const more = different.length - listedAtMost;
  const after = more > 0 ? { after: `and ${more} more ${more === 1 ? 'problem' : 'problems'}` } : {};
  throw new ActionableError(code, different.slice(0, listedAtMost), after);
}
