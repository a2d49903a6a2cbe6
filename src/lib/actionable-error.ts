import { type Problem, problemText } from './problem.ts';
import { type RefusalCode, type RefusalExit, refusals } from './refusal-codes.ts';

export { type ExitStatus, exitStatus } from './exit-status.ts';

/** A problem among several, which may be of another kind than the first. */
export type CodedProblem = Problem & { code?: RefusalCode };

/** Sentences around what is wrong, such as "Nothing was built: …". */
interface Around {
  before?: string;
  /** In place of a line for each problem, where several are told in one. */
  lines?: readonly string[];
  after?: string;
}

/**
 * A mistake or refusal that the user can act on, printed without a stack trace. What is wrong is given in parts (place,
 * expected, found, what to do), of which the message is made, or as a message where it does not have those parts. The code
 * decides on the exit status.
 */
export class ActionableError extends Error {
  /** The code; not named `code`, which is the system's word for an error of its own. */
  readonly refusal: RefusalCode;
  readonly status: RefusalExit;
  /** What is wrong, in parts; empty where it is a message. */
  readonly problems: readonly CodedProblem[];

  constructor(code: RefusalCode, what: string | CodedProblem | readonly CodedProblem[], around: Around = {}) {
    const problems = typeof what === 'string' ? [] : [what].flat();
    const {
      before,
      lines = typeof what === 'string' ? [what] : new Set(problems.map(problemText)),
      after,
    } = around;
    super([before, ...lines, after].filter((line) => line !== undefined).join('\n'));
    this.name = 'ActionableError';
    this.refusal = code;
    this.status = refusals[code].exit;
    this.problems = problems;
  }
}
