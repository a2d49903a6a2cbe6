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

/** Why a parameter that is taken or unknown prevents a run. Pure. */
export const parameterProblem = ({ wanted, status }: SeenParameter): Problem => ({
  place: `${wanted.region}: ${wanted.name}`,
  expected: 'no parameter yet, or one that this publication wrote',
  ...(status.state === 'taken'
    ? { found: takenWords(status), advice: takenAdvice(status) }
    : { found: status.why ?? 'no answer' }),
});
