import { ActionableError } from './actionable-error.ts';
import { inFile, type Problem } from './problem.ts';
import type { RefusalCode } from './refusal-codes.ts';

/** @throws ActionableError that lists all problems of the file, a line each, if there are any. */
export function refuseProblems(
  file: string,
  problems: readonly Problem[],
  code: RefusalCode = 'config-invalid',
): void {
  if (problems.length > 0) throw new ActionableError(code, problems.map(inFile(file)));
}
