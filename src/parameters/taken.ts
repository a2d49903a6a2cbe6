import { ActionableError } from '../lib/actionable-error.ts';
import type { Problem } from '../lib/problem.ts';
import type { ParameterStatus } from './decide.ts';
import type { SeenParameter } from './look.ts';

/** Why a parameter with someone else's value, or of another type, is left alone. Pure. */
export const takenWords = ({ value, why = '' }: ParameterStatus): string =>
  `${value === undefined ? '' : `it holds ${value}, and `}${why}: it is not overwritten`;

/** What to do about it. Pure. */
export const takenAdvice = (status: ParameterStatus): string =>
  canBeOverwritten(status)
    ? 'Add --take-over-parameters to overwrite it, or use another name in "parameters"'
    : 'Delete it, or use another name in "parameters"';

/** The value of a parameter is known unless it is of another type than String; it keeps its type (API reference, PutParameter). Pure. */
export const canBeOverwritten = ({ value }: ParameterStatus): boolean => value !== undefined;

/** What a refusal says around its problems. */
interface Around {
  before: string;
  after?: string;
}

/**
 * Why a run may not start: a parameter of a required target belongs to someone else (4), or its lookup failed (1). Undefined if it
 * may start. Parameters of best-effort targets never block it. Pure.
 */
export function refusalForParameters(
  seen: readonly SeenParameter[],
  around: { unknown: Around; taken: Around },
): ActionableError | undefined {
  const required = seen.filter(({ wanted }) => wanted.required);
  const problems = (state: 'unknown' | 'taken') =>
    required.filter(({ status }) => status.state === state).map(problemOf);
  const unknown = problems('unknown');
  if (unknown.length > 0) return new ActionableError('lookup-failed', unknown, around.unknown);
  const taken = problems('taken');
  return taken.length > 0 ? new ActionableError('parameter-taken', taken, around.taken) : undefined;
}

const problemOf = ({ wanted, status }: SeenParameter): Problem => ({
  place: `${wanted.region}: ${wanted.name}`,
  expected: 'no parameter yet, or one that this publication wrote',
  ...(status.state === 'taken'
    ? { found: takenWords(status), advice: takenAdvice(status) }
    : { found: status.why ?? 'no answer' }),
});
