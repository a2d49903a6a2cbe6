import { ActionableError } from './actionable-error.ts';
import { type Located, located } from './origins.ts';
import { type Problem, problemText } from './problem.ts';
import type { RefusalCode } from './refusal-codes.ts';

/** More are only counted: one mistake in a generated config can cause thousands of problems. */
const listedAtMost = 50;

/**
 * @param where the file that they are in, or the publication, whose values may have come from several files.
 * @throws ActionableError that lists the problems of a config, a line each, if there are any; at most fifty of them.
 */
export function refuseProblems(
  where: string | Located,
  problems: readonly Problem[],
  code: RefusalCode = 'config-invalid',
): void {
  const config = typeof where === 'string' ? { file: where } : where;
  refuseLocated(
    problems.map((problem) => ({ ...problem, place: located(config, problem.place) })),
    code,
  );
}

/** The same for problems whose places name their files. */
export function refuseLocated(problems: readonly Problem[], code: RefusalCode = 'config-invalid'): void {
  if (problems.length === 0) return;
  const different = [...new Map(problems.map((one) => [problemText(one), one])).values()];
  const more = different.length - listedAtMost;
  const after = more > 0 ? { after: `and ${more} more ${more === 1 ? 'problem' : 'problems'}` } : {};
  throw new ActionableError(code, different.slice(0, listedAtMost), after);
}
