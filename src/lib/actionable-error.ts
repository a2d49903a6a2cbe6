import { type Problem, problemText } from './problem.ts';
import { type RefusalCode, type RefusalExit, refusals } from './refusal-codes.ts';

export { type ExitStatus, exitStatus } from './exit-status.ts';

/** One of several problems, which may be of another kind than the first. */
export type CodedProblem = Problem & { code?: RefusalCode };

/** Sentences around the problems, such as "Nothing was built: …". */
interface Around {
  before?: string;
  /** Replaces the line of each problem, if one line covers several. */
  lines?: readonly string[];
  after?: string;
}

/**
 * A mistake or refusal that the user can act on, printed without a stack trace. Built from parts (place, expected, found, what
 * to do), which form the message, or from a message without these parts. The code decides the exit status.
 */
export class ActionableError extends Error {
  /** The code; not named `code`, which is the system's name for the code of an error. */
  readonly refusal: RefusalCode;
  readonly status: RefusalExit;
  /** The problems, in parts; empty if there is only a message. */
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
